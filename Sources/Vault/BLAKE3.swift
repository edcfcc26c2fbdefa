/// BLAKE3 in plain hash mode, of input that is whole in memory.
///
/// All chunks are hashed first, four at a time, then the tree is folded level by level: pairs from
/// the left, the odd one waits for the next level. That is the tree of the specification, because
/// there a left side is always the largest full one.
///
/// - Spec: the BLAKE3 paper, sections 2.1 to 2.6.
enum BLAKE3 {
    /// Digests `input`.
    ///
    /// - Parameters:
    ///   - input: anything, also nothing.
    ///   - output: 32 bytes, or as many as wanted.
    /// - Complexity: 32 bytes of memory for each 1,024 of input.
    @unsafe
    static func digest(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    {
        guard input.count > chunkByteCount else {
            return unsafe digestOneChunk(input, into: output)
        }
        let chunkCount = (input.count + chunkByteCount - 1) / chunkByteCount
        unsafe withUnsafeTemporaryAllocation(
            byteCount: chunkCount * valueByteCount, alignment: 16
        ) { values in
            unsafe hashChunks(input, into: values)
            var count = chunkCount
            while count > 2 { unsafe count = fold(values, count: count) }
            var root = BLAKE3Lanes()
            unsafe root.writeRoot(
                of: UnsafeRawBufferPointer(rebasing: values[..<(2 * valueByteCount)]),
                flags: .parent, into: output)
        }
    }

    static let chunkByteCount = 1024
    static let blockByteCount = 64
    static let valueByteCount = 32

    private static func digestOneChunk(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        var lanes = BLAKE3Lanes()
        let lastStart = max(0, (input.count - 1) / blockByteCount * blockByteCount)
        unsafe lanes.absorbStart(of: input, upTo: lastStart, counter: 0)
        unsafe lanes.writeRoot(
            of: UnsafeRawBufferPointer(rebasing: input[lastStart...]),
            flags: lastStart == 0 ? [.chunkStart, .chunkEnd] : .chunkEnd, into: output)
    }

    private static func hashChunks(
        _ input: UnsafeRawBufferPointer, into values: UnsafeMutableRawBufferPointer
    ) {
        let fullCount = input.count / chunkByteCount
        var chunk = 0
        while chunk < fullCount {
            let used = min(BLAKE3Lanes.count, fullCount - chunk)
            var lanes = BLAKE3Lanes()
            unsafe lanes.absorbChunks(
                at: input.baseAddress?.advanced(by: chunk * chunkByteCount), used: used,
                counter: UInt64(chunk))
            unsafe lanes.store(used, into: values, at: chunk)
            chunk += used
        }
        guard input.count % chunkByteCount > 0 else { return }
        unsafe hashShortChunk(
            UnsafeRawBufferPointer(rebasing: input[(fullCount * chunkByteCount)...]),
            number: fullCount, into: values)
    }

    private static func hashShortChunk(
        _ input: UnsafeRawBufferPointer, number: Int, into values: UnsafeMutableRawBufferPointer
    ) {
        var lanes = BLAKE3Lanes()
        let lastStart = (input.count - 1) / blockByteCount * blockByteCount
        unsafe lanes.absorbStart(of: input, upTo: lastStart, counter: UInt64(number))
        unsafe lanes.absorbPadded(
            UnsafeRawBufferPointer(rebasing: input[lastStart...]), counter: UInt64(number),
            flags: lastStart == 0 ? [.chunkStart, .chunkEnd] : .chunkEnd)
        unsafe lanes.store(1, into: values, at: number)
    }

    /// Replaces pairs by their parents, in place.
    private static func fold(_ values: UnsafeMutableRawBufferPointer, count: Int) -> Int {
        let pairCount = count / 2
        var pair = 0
        while pair < pairCount {
            let used = min(BLAKE3Lanes.count, pairCount - pair)
            var lanes = BLAKE3Lanes()
            unsafe lanes.absorbParents(
                at: UnsafeRawPointer(values.baseAddress?.advanced(by: pair * blockByteCount)),
                used: used)
            unsafe lanes.store(used, into: values, at: pair)
            pair += used
        }
        guard count % 2 == 1 else { return pairCount }
        let odd = unsafe UnsafeRawBufferPointer(rebasing: values[((count - 1) * valueByteCount)...])
        unsafe UnsafeMutableRawBufferPointer(rebasing: values[(pairCount * valueByteCount)...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: odd.prefix(valueByteCount)))
        return pairCount + 1
    }
}
