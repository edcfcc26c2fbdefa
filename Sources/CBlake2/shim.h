#pragma once

#include <blake2.h>
#include <stdint.h>

// Four 32-bit words, SIMD4<UInt32> in Swift, whose own ^ and &>> work word by word in Swift 6.3:
// one instruction each here.
typedef uint32_t holdfast_words __attribute__((ext_vector_type(4)));

__attribute__((always_inline)) static inline holdfast_words holdfast_xor_rotated(
    holdfast_words left, holdfast_words right, uint32_t count) {
    holdfast_words both = left ^ right;
    return (both >> count) | (both << (32 - count));
}

__attribute__((always_inline)) static inline holdfast_words holdfast_xor(
    holdfast_words left, holdfast_words right) {
    return left ^ right;
}
