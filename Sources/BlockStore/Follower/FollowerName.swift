package import Buffers

/// What a follower of the log, and the row of its cursor, are called, for ever: small ASCII letters, digits and
/// `-`, up to `Limits.followerNameBytesMax`.
package struct FollowerName: TableKey, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Its letters.
    package let encoded: Bytes

    /// Reads it from the key of a row; nil where it is no name.
    package init?(decoding bytes: Bytes) {
        guard (1...Limits.followerNameBytesMax).contains(bytes.count),
            bytes.array.allSatisfy(Self.isAllowed)
        else { return nil }
        encoded = bytes
    }

    /// A name that is a part of this program.
    package init(stringLiteral name: StaticString) {
        guard let name = Self(decoding: Bytes(utf8: "\(name)")) else {
            preconditionFailure("a follower has a short name of small letters, digits and -")
        }
        self = name
    }

    package var description: String { encoded.displayText }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
