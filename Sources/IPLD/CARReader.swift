package import Buffers
package import Multiformats

/// Reads a CAR of version 1 or 2 from pieces as they arrive, front to back.
///
/// Feed a piece, take events until `next` is nil, and call `finish` at the end of the input. A
/// block that lies inside one fed piece shares its memory. Digests are not checked here.
package struct CARReader: Sendable {
    /// What the reader found.
    package enum Event: Sendable {
        /// Once, before all blocks. Of a version 2 file the inner header's roots.
        case header(version: UInt64, roots: [CID])
        case block(Block)
    }

    /// Starts at the first byte of a CAR.
    ///
    /// - Parameter sectionBytesMax: the longest CID and block together.
    package init(sectionBytesMax: Int = Limits.carSectionBytesMax) {}

    /// Takes the next piece of the input. Everything fed before must have been taken out.
    package mutating func feed(_ piece: Bytes) { fatalError("not built yet") }

    /// The next event, or nil when more input is needed.
    ///
    /// - Throws: `.header`, `.section`, `.tooLarge`; the reader is of no use afterwards.
    package mutating func next() throws(CARError) -> Event? { fatalError("not built yet") }

    /// Says that the input has ended.
    ///
    /// - Throws: `.truncated` unless that was between two sections.
    package mutating func finish() throws(CARError) { fatalError("not built yet") }
}
