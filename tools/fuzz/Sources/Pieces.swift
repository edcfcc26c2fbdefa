import Buffers

/// Cuts an input into pieces, so that a push parser meets its borders in every place.
///
/// The lengths follow from the last byte: the same input is always cut in the same way.
struct Pieces: Sequence, IteratorProtocol {
    private var rest: Bytes
    private var state: UInt64

    init(_ input: Bytes) {
        rest = input
        state = input.isEmpty ? 0 : UInt64(input[input.count - 1])
    }

    mutating func next() -> Bytes? {
        guard !rest.isEmpty else { return nil }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Mostly short, sometimes long, and never so many that a long input takes a second.
        let length = 1 + Int(state >> 33) % (state >> 60 == 0 ? 4_096 : 24)
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
