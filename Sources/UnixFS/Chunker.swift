package import Buffers

/// Cuts a stream of bytes into chunks, push by push.
///
///     chunker.feed(buffer)
///     while let chunk = chunker.next() { ... }    // then feed again
///     if let last = chunker.finish() { ... }
///
/// The cuts depend on the bytes only, never on how they were fed. A chunk shares the memory of the
/// buffers that it lies in.
///
/// - Spec: boxo, `chunker`.
package struct Chunker: Sendable {
    private enum Scanner: Sendable {
        case fixed(FixedScanner)
        case rabin(RabinScanner)
        case buzhash(BuzhashScanner)
    }

    private var scanner: Scanner
    private var buffer = ChunkBuffer()

    /// A chunker that has seen nothing.
    package init(_ specification: Specification) {
        switch specification {
        case .fixed(let byteCount): scanner = .fixed(FixedScanner(byteCount: byteCount))
        case .rabin(let minimum, let average, let maximum):
            scanner = .rabin(
                RabinScanner(minimum: minimum, average: average, maximum: maximum))
        case .buzhash: scanner = .buzhash(BuzhashScanner())
        }
    }

    /// Takes more input. Allowed again only after `next()` has returned nil.
    package mutating func feed(_ bytes: Bytes) { buffer.feed(bytes) }

    /// The next chunk that is known to be complete, or nil until more is fed.
    package mutating func next() -> Chunk? {
        guard !buffer.current.isEmpty else { return nil }
        guard let count = scan() else {
            buffer.holdCurrent()
            return nil
        }
        return buffer.cut(count)
    }

    /// Ends the input.
    ///
    /// - Returns: the last chunk; nil when nothing is left, so an empty input has no chunks.
    package mutating func finish() -> Chunk? { buffer.cutRest() }

    /// Bytes of the chunk in progress.
    var heldCount: Int { buffer.heldCount }

    /// Takes the bytes of the chunk in progress away, which `putBack` must bring back before more is
    /// fed. Where the chunk will be cut does not depend on them any more.
    mutating func takeHeld() -> [Bytes] { buffer.takeHeld() }

    /// Puts back what `takeHeld` took.
    mutating func putBack(_ pieces: [Bytes]) { buffer.putBack(pieces) }

    private mutating func scan() -> Int? {
        switch scanner {
        case .fixed(var fixed):
            defer { scanner = .fixed(fixed) }
            return fixed.scan(buffer.current)
        case .rabin(var rabin):
            defer { scanner = .rabin(rabin) }
            return rabin.scan(buffer.current)
        case .buzhash(var buzhash):
            defer { scanner = .buzhash(buzhash) }
            return buzhash.scan(buffer.current)
        }
    }
}
