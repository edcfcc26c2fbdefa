package import Buffers
import Execution
import Multiformats

/// The value of table `p`.
///
///     u8 format (1) | u8 mode | u8 holders | varint created, seconds | varint nanoseconds
///                   | varint length of the name | name, UTF-8
package enum PinRecord {
    /// Reads the pin of a key and its value.
    ///
    /// - Parameters:
    ///   - key: of table `p`.
    ///   - value: what stands there.
    /// - Returns: nil when either is damaged or of a later version.
    package static func decode(_ key: Key, _ value: Bytes) -> Pin? {
        guard let cid = try? CID(bytes: MetaKey.rest(of: key)) else { return nil }
        return try? decode(cid, value)
    }

    /// Writes a pin.
    package static func encode(_ pin: Pin) -> Bytes {
        let name = Array(pin.name.utf8)
        var writer = ByteWriter(capacity: 24 + name.count)
        writer.append(1)
        writer.append(pin.mode.rawValue)
        writer.append(pin.holders.rawValue)
        writer.appendVarint(UInt64(max(0, pin.created.seconds)))
        writer.appendVarint(UInt64(pin.created.nanoseconds))
        writer.appendVarint(UInt64(name.count))
        writer.append(name)
        return writer.finish()
    }

    private static func decode(_ cid: CID, _ value: Bytes) throws -> Pin? {
        var reader = ByteReader(value)
        guard try reader.readByte() == 1, let mode = Pin.Mode(rawValue: try reader.readByte())
        else { return nil }
        let holders = Pin.Holders(rawValue: try reader.readByte())
        guard let seconds = Int64(exactly: try reader.readVarint()),
            let nanoseconds = UInt32(exactly: try reader.readVarint()),
            let name = try reader.read(try reader.readVarint()).utf8Text
        else { return nil }
        return Pin(
            cid: cid, mode: mode, name: name,
            created: WallTime(seconds: seconds, nanoseconds: nanoseconds), holders: holders)
    }
}
