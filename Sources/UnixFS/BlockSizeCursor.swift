import Buffers
import Multiformats

/// The sizes of a file's parts where they stand in the UnixFS message, one after the other.
///
/// A value of a few words: keep a copy to take it up again later.
package struct BlockSizeCursor: Sendable {
    private var fields: ByteReader
    /// What is left of a packed run.
    private var packed = ByteReader(.empty)

    /// - Parameter message: one that `UnixFSDataView` has accepted.
    init(_ message: Bytes) { fields = ByteReader(message) }

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
