package import Buffers
package import Execution
import Multiformats

/// The value of table `z`: a block that failed a check. It is not served until it is stored again.
///
///     u8 format (1) | u8 reason | varint sequence | varint seconds
package struct QuarantineRecord: Hashable, Sendable {
    /// What was wrong.
    package enum Reason: UInt8, Sendable {
        /// The block is not what was written.
        case checksum = 1
        /// The value is not the one that the index points at.
        case wrongValue = 2
        /// A repair of the log did not find it again.
        case lost = 3
    }

    /// What was wrong.
    package let reason: Reason
    /// Where the block was.
    package let sequence: UInt64
    /// When it was noticed, to the second.
    package let noticed: WallTime

    package init(reason: Reason, sequence: UInt64, noticed: WallTime) {
        self.reason = reason
        self.sequence = sequence
        self.noticed = noticed
    }

    /// Reads a value; nil when it is not one.
    package init?(decoding value: Bytes) {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == 1,
            let reason = (try? reader.readByte()).flatMap(Reason.init(rawValue:)),
            let sequence = try? reader.readVarint(),
            let seconds = (try? reader.readVarint()).flatMap(Int64.init(exactly:)),
            reader.isAtEnd
        else { return nil }
        self.init(reason: reason, sequence: sequence, noticed: WallTime(seconds: seconds))
    }

    /// Writes the value.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 24)
        writer.append(1)
        writer.append(reason.rawValue)
        writer.appendVarint(sequence)
        writer.appendVarint(UInt64(max(0, noticed.seconds)))
        return writer.finish()
    }
}
