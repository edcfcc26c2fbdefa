package import Buffers
import Multiformats

/// How far a follower of the log has come, and what else it has to know to go on from there.
///
/// The value of table `c`, under the follower's name:
///
///     u8 format (1) | varint sequence | the follower's own state, up to the end
///
/// - Spec: `Docs/formats/meta.md`.
package struct FollowerCursor: Hashable, Sendable {
    /// What the follower is called.
    package let name: String
    /// Everything up to this number has been worked on.
    package var sequence: UInt64
    /// The follower's own; up to `Limits.followerStateBytesMax`.
    package var state: Bytes

    /// Makes a cursor.
    ///
    /// - Parameter name: small ASCII letters, digits and `-`, up to `Limits.followerNameBytesMax`: it is
    ///   a part of this program.
    package init(name: String, sequence: UInt64, state: Bytes = .empty) {
        precondition(
            Self.isName(name), "a follower has a short name of small letters, digits and -")
        self.name = name
        self.sequence = sequence
        self.state = state
    }

    /// Reads a value; nil when it is not one.
    package init?(name: String, decoding value: Bytes) {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == 1, let sequence = try? reader.readVarint(),
            sequence <= Limits.sequenceMax, reader.remaining <= Limits.followerStateBytesMax
        else { return nil }
        self.init(name: name, sequence: sequence, state: reader.readRest())
    }

    /// Writes the value.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 16 + state.count)
        writer.append(1)
        writer.appendVarint(sequence)
        writer.append(state)
        return writer.finish()
    }

    private static func isName(_ name: String) -> Bool {
        (1...Limits.followerNameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
