#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The CRC-32C instructions of x86-64 (SSE 4.2) and of ARMv8, which Swift has no name for.

#if defined(__x86_64__)
#include <cpuid.h>

static inline int holdfast_crc32c_has_instructions(void) {
    unsigned int eax, ebx, ecx, edx;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_SSE4_2) != 0;
}

#define HOLDFAST_CRC32C_TARGET __attribute__((target("sse4.2")))
#define HOLDFAST_CRC32C_WORD(crc, word) __builtin_ia32_crc32di(crc, word)
#define HOLDFAST_CRC32C_BYTE(crc, byte) __builtin_ia32_crc32qi(crc, byte)

#elif defined(__aarch64__)
#include <sys/auxv.h>

static inline int holdfast_crc32c_has_instructions(void) {
    return (getauxval(AT_HWCAP) & (1UL << 7) /* HWCAP_CRC32 */) != 0;
}

#define HOLDFAST_CRC32C_TARGET __attribute__((target("crc")))
#define HOLDFAST_CRC32C_WORD(crc, word) __builtin_arm_crc32cd(crc, word)
#define HOLDFAST_CRC32C_BYTE(crc, byte) __builtin_arm_crc32cb(crc, byte)

#else

static inline int holdfast_crc32c_has_instructions(void) { return 0; }

#define HOLDFAST_CRC32C_TARGET
#define HOLDFAST_CRC32C_WORD(crc, word) ((crc) + (word))
#define HOLDFAST_CRC32C_BYTE(crc, byte) ((crc) + (byte))

#endif

/// Continues an inverted checksum over more bytes, eight at a time. Only where
/// `holdfast_crc32c_has_instructions` says yes.
HOLDFAST_CRC32C_TARGET
static inline uint32_t holdfast_crc32c_extend(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = (const uint8_t *)bytes;
    uint64_t state = crc;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        state = HOLDFAST_CRC32C_WORD(state, word);
    }
    uint32_t result = (uint32_t)state;
    for (; count > 0; count--, next++) {
        result = HOLDFAST_CRC32C_BYTE(result, *next);
    }
    return result;
}

/// Continues three inverted checksums over three runs of bytes that lie behind one another. One
/// instruction waits for the one before it; three chains keep the processor busy.
///
/// `count` is the length of one run, a multiple of 8.
HOLDFAST_CRC32C_TARGET
static inline void holdfast_crc32c_extend_three(uint32_t crcs[3], const void *bytes, size_t count) {
    const uint8_t *next = (const uint8_t *)bytes;
    uint64_t first = crcs[0], second = crcs[1], third = crcs[2];
    for (const uint8_t *end = next + count; next < end; next += 8) {
        uint64_t words[3];
        memcpy(&words[0], next, 8);
        memcpy(&words[1], next + count, 8);
        memcpy(&words[2], next + 2 * count, 8);
        first = HOLDFAST_CRC32C_WORD(first, words[0]);
        second = HOLDFAST_CRC32C_WORD(second, words[1]);
        third = HOLDFAST_CRC32C_WORD(third, words[2]);
    }
    crcs[0] = (uint32_t)first;
    crcs[1] = (uint32_t)second;
    crcs[2] = (uint32_t)third;
}
