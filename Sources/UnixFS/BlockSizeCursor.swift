package import Buffers
import Multiformats

/// The sizes of a file's parts where they stand in the UnixFS message, one after the other. Takes no
/// memory besides the message, and may be left and taken up again by its position.
package struct BlockSizeCursor: Sendable {
    /// A place between two sizes.
    package struct Position: Sendable {
        /// Bytes of the message before the next field, or before the end of a packed run.
        fileprivate let field: Int
        /// Bytes of that run that have not been read.
        fileprivate let packedCount: Int

        /// In front of the first size.
        package static let start = Position(field: 0, packedCount: 0)
    }

    private var fields: ByteReader
    private let base: Int
    /// What is left of a packed run.
    private var packed = ByteReader(.empty)

    /// Starts at a place where another cursor over the same message stood.
    ///
    /// - Parameters:
    ///   - message: one that `UnixFSDataView` has accepted.
    ///   - position: `.start`, or what `position` was.
    package init(_ message: Bytes, resumingAt position: Position = .start) {
        base = min(position.field, message.count)
        fields = ByteReader(message.dropFirst(base))
        let packedStart = max(0, base - position.packedCount)
        packed = ByteReader(message[packedStart..<base])
    }

    /// Where the next size is looked for.
    package var position: Position {
        Position(field: base + fields.offset, packedCount: packed.remaining)
    }

    /// The next size, at most 2^62; nil at the end.
    package mutating func next() -> UInt64? {
        if !packed.isAtEnd { return try? packed.readProtobufVarint() }
        while !fields.isAtEnd, let key = try? fields.readProtobufVarint() {
            switch (key >> 3, key & 7) {
            case (4, 0): return try? fields.readProtobufVarint()
            case (4, 2):
                packed = ByteReader((try? fields.readLengthDelimited()) ?? .empty)
                if !packed.isAtEnd { return try? packed.readProtobufVarint() }
            default:
                guard (try? fields.skipProtobufField(wireType: key & 7)) != nil else { return nil }
            }
        }
        return nil
    }
}
