import CBlake2

#if _endian(big)
    #error("BLAKE3 here reads its words as the machine does, which must be little-endian")
#endif

/// Four chaining values that are worked on at once, one in each lane of the vectors.
///
/// A single one costs about as much as four: a compression is the same number of instructions.
struct BLAKE3Lanes {
    typealias Vector = SIMD4<UInt32>

    /// How many there are.
    static let count = 4

    /// What a compression is told about its block.
    struct Flags: OptionSet {
        let rawValue: UInt32
        static let chunkStart = Flags(rawValue: 1)
        static let chunkEnd = Flags(rawValue: 2)
        static let parent = Flags(rawValue: 4)
        static let root = Flags(rawValue: 8)
    }

    /// Words 0 to 7 are the chaining values, 8 to 15 the second half of the last compression.
    private var words = InlineArray<16, Vector>(repeating: .zero)

    init() { reset() }

    private mutating func reset() {
        for index in 0..<8 { words[index] = Vector(repeating: Self.initialValue[index]) }
    }

    /// Takes whole chunks that follow each other; unused lanes repeat the last one.
    @unsafe
    mutating func absorbChunks(at start: UnsafeRawPointer?, used: Int, counter: UInt64) {
        guard let start = unsafe start else { preconditionFailure("a chunk has bytes") }
        let counters = Self.counters(from: counter)
        for block in 0..<16 {
            let flags: Flags = block == 0 ? .chunkStart : block == 15 ? .chunkEnd : []
            let message = unsafe Self.load(
                start.advanced(by: block * BLAKE3.blockByteCount), stride: BLAKE3.chunkByteCount,
                used: used)
            compress(
                message, low: counters.low, high: counters.high,
                byteCount: BLAKE3.blockByteCount, flags: flags)
        }
    }

    /// Takes the two children of parents that follow each other.
    @unsafe
    mutating func absorbParents(at start: UnsafeRawPointer?, used: Int) {
        guard let start = unsafe start else { preconditionFailure("a parent has children") }
        let message = unsafe Self.load(start, stride: BLAKE3.blockByteCount, used: used)
        compress(
            message, low: .zero, high: .zero, byteCount: BLAKE3.blockByteCount, flags: .parent)
    }

    /// Takes the whole blocks before the last one of a chunk.
    @unsafe
    mutating func absorbStart(of chunk: UnsafeRawBufferPointer, upTo end: Int, counter: UInt64) {
        for offset in stride(from: 0, to: end, by: BLAKE3.blockByteCount) {
            let block = unsafe chunk[offset..<(offset + BLAKE3.blockByteCount)]
            unsafe absorbPadded(
                UnsafeRawBufferPointer(rebasing: block), counter: counter,
                flags: offset == 0 ? .chunkStart : [])
        }
    }

    /// Takes one block of up to 64 bytes.
    @unsafe
    mutating func absorbPadded(_ block: UnsafeRawBufferPointer, counter: UInt64, flags: Flags) {
        let message = unsafe Self.loadPadded(block)
        compress(
            message, low: Vector(repeating: UInt32(truncatingIfNeeded: counter)),
            high: Vector(repeating: UInt32(truncatingIfNeeded: counter >> 32)),
            byteCount: block.count, flags: flags)
    }

    /// Compresses the root's block once for each 64 bytes of output.
    @unsafe
    mutating func writeRoot(
        of block: UnsafeRawBufferPointer, flags: Flags, into output: UnsafeMutableRawBufferPointer
    ) {
        let before = words
        var offset = 0
        while offset < output.count {
            words = before
            unsafe absorbPadded(
                block, counter: UInt64(offset / BLAKE3.blockByteCount), flags: flags.union(.root))
            for index in 0..<min(BLAKE3.blockByteCount, output.count - offset) {
                unsafe output[offset + index] = UInt8(
                    truncatingIfNeeded: words[index / 4][0] >> UInt32(index % 4 * 8))
            }
            offset += BLAKE3.blockByteCount
        }
    }

    /// Writes the first chaining values one after the other.
    @unsafe
    func store(_ used: Int, into values: UnsafeMutableRawBufferPointer, at position: Int) {
        for lane in 0..<used {
            for word in 0..<8 {
                unsafe values.storeBytes(
                    of: words[word][lane],
                    toByteOffset: (position + lane) * BLAKE3.valueByteCount + word * 4,
                    as: UInt32.self)
            }
        }
    }

    // MARK: the compression

    private typealias Message = InlineArray<16, Vector>

    @inline(__always)
    private mutating func compress(
        _ message: Message, low: Vector, high: Vector, byteCount: Int, flags: Flags
    ) {
        var state = words
        for index in 0..<4 { state[8 + index] = Vector(repeating: Self.initialValue[index]) }
        state[12] = low
        state[13] = high
        state[14] = Vector(repeating: UInt32(byteCount))
        state[15] = Vector(repeating: flags.rawValue)
        var message = message
        Self.mix(&state, message)
        for _ in 0..<6 {
            message = Self.permuted(message)
            Self.mix(&state, message)
        }
        for index in 0..<8 {
            let chained = words[index]
            words[index] = holdfast_xor(state[index], state[index + 8])
            words[index + 8] = holdfast_xor(state[index + 8], chained)
        }
    }

    @inline(__always)
    private static func mix(_ s: inout Message, _ message: Message) {
        quarter(&s, 0, 4, 8, 12, message[0], message[1])
        quarter(&s, 1, 5, 9, 13, message[2], message[3])
        quarter(&s, 2, 6, 10, 14, message[4], message[5])
        quarter(&s, 3, 7, 11, 15, message[6], message[7])
        quarter(&s, 0, 5, 10, 15, message[8], message[9])
        quarter(&s, 1, 6, 11, 12, message[10], message[11])
        quarter(&s, 2, 7, 8, 13, message[12], message[13])
        quarter(&s, 3, 4, 9, 14, message[14], message[15])
    }

    /// The order in which the next round takes the words.
    @inline(__always)
    private static func permuted(_ m: Message) -> Message {
        [
            m[2], m[6], m[3], m[10], m[7], m[0], m[4], m[13],
            m[1], m[11], m[12], m[5], m[9], m[14], m[15], m[8],
        ]
    }

    @inline(__always)
    private static func quarter(
        _ s: inout Message, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: Vector, _ y: Vector
    ) {
        s[a] = s[a] &+ s[b] &+ x
        s[d] = holdfast_xor_rotated(s[d], s[a], 16)
        s[c] = s[c] &+ s[d]
        s[b] = holdfast_xor_rotated(s[b], s[c], 12)
        s[a] = s[a] &+ s[b] &+ y
        s[d] = holdfast_xor_rotated(s[d], s[a], 8)
        s[c] = s[c] &+ s[d]
        s[b] = holdfast_xor_rotated(s[b], s[c], 7)
    }

    // MARK: loading

    /// Reads word w of every lane's block into vector w.
    @inline(__always)
    private static func load(_ start: UnsafeRawPointer, stride: Int, used: Int) -> Message {
        let last = used - 1
        let second = unsafe start.advanced(by: min(1, last) * stride)
        let third = unsafe start.advanced(by: min(2, last) * stride)
        let fourth = unsafe start.advanced(by: min(3, last) * stride)
        var message = Message(repeating: .zero)
        for group in 0..<4 {
            let a = unsafe start.loadUnaligned(fromByteOffset: group * 16, as: Vector.self)
            let b = unsafe second.loadUnaligned(fromByteOffset: group * 16, as: Vector.self)
            let c = unsafe third.loadUnaligned(fromByteOffset: group * 16, as: Vector.self)
            let d = unsafe fourth.loadUnaligned(fromByteOffset: group * 16, as: Vector.self)
            message[group * 4] = Vector(a[0], b[0], c[0], d[0])
            message[group * 4 + 1] = Vector(a[1], b[1], c[1], d[1])
            message[group * 4 + 2] = Vector(a[2], b[2], c[2], d[2])
            message[group * 4 + 3] = Vector(a[3], b[3], c[3], d[3])
        }
        return message
    }

    /// Reads one block of up to 64 bytes into all lanes, with zeros behind it.
    private static func loadPadded(_ block: UnsafeRawBufferPointer) -> Message {
        var message = Message(repeating: .zero)
        unsafe withUnsafeTemporaryAllocation(
            byteCount: BLAKE3.blockByteCount, alignment: 4
        ) { padded in
            unsafe padded.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe padded.copyMemory(from: block)
            for word in 0..<16 {
                message[word] = Vector(
                    repeating: unsafe padded.load(fromByteOffset: word * 4, as: UInt32.self))
            }
        }
        return message
    }

    private static func counters(from first: UInt64) -> (low: Vector, high: Vector) {
        var low = Vector.zero
        var high = Vector.zero
        for lane in 0..<count {
            low[lane] = UInt32(truncatingIfNeeded: first + UInt64(lane))
            high[lane] = UInt32(truncatingIfNeeded: (first + UInt64(lane)) >> 32)
        }
        return (low, high)
    }

    // MARK: constants

    private static let initialValue: InlineArray<8, UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
}
