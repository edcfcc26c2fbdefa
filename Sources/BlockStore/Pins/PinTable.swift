package import Buffers
import Execution
package import Multiformats

extension Pin {
    /// Table `p`. To be read by others and not to be changed: who deletes blocks has to be told of each
    /// change, which `BlockStore.pin` and `unpin` do.
    package static let table = Table<PinKey, PinRecord>("p", rowName: "pin")

    package init(_ row: Table<PinKey, PinRecord>.Row) {
        self.init(
            cid: row.key.cid, holder: row.key.holder, mode: row.record.mode, name: row.record.name,
            created: row.record.created)
    }

    /// Where it is in its table.
    package var key: PinKey { PinKey(cid, holder) }
    /// What stands there.
    package var record: PinRecord { PinRecord(mode: mode, name: name, created: created) }
}

extension Pin.Holder {
    /// Whether what tells it from others of its kind fits into a key.
    var isBounded: Bool {
        switch self {
        case .rpc: true
        case .request(let name), .profile(let name): name.count <= Limits.pinHolderBytesMax
        }
    }
}

/// The key of a pin: those of one root lie next to each other, that of the RPC first.
///
///     CID, as it was pinned | u8 kind of the holder | what tells it from others of its kind
package struct PinKey: TableKey {
    package let cid: CID
    package let holder: Pin.Holder

    package init(_ cid: CID, _ holder: Pin.Holder) {
        self.cid = cid
        self.holder = holder
    }

    package init?(decoding bytes: Bytes) {
        var reader = ByteReader(bytes)
        guard let cid = try? CID(reading: &reader), let kind = try? reader.readByte() else {
            return nil
        }
        let name = reader.readRest()
        switch kind {
        case 1 where name.isEmpty: self.init(cid, .rpc)
        case 2 where name.count <= Limits.pinHolderBytesMax: self.init(cid, .request(name))
        case 3 where name.count <= Limits.pinHolderBytesMax: self.init(cid, .profile(name))
        default: return nil
        }
    }

    package var encoded: Bytes {
        let (kind, name): (UInt8, Bytes) =
            switch holder {
            case .rpc: (1, .empty)
            case .request(let id): (2, id)
            case .profile(let name): (3, name)
            }
        return [cid.bytes, [kind], name].joined(separator: .empty)
    }
}

/// What stands in the row of a pin.
///
///     u8 format (2) | u8 mode | varint created, seconds | varint nanoseconds | name, UTF-8
package struct PinRecord: TableRecord, Equatable {
    package static var format: UInt8 { 2 }

    let mode: Pin.Mode
    let name: String
    let created: WallTime

    init(mode: Pin.Mode, name: String, created: WallTime) {
        self.mode = mode
        self.name = name
        self.created = created
    }

    package init(reading reader: inout ByteReader) throws {
        guard let mode = Pin.Mode(rawValue: try reader.readByte()),
            let seconds = Int64(exactly: try reader.readVarint()),
            let nanoseconds = UInt32(exactly: try reader.readVarint()),
            let name = reader.readRest().utf8Text
        else { throw Damage() }
        self.init(
            mode: mode, name: name,
            created: WallTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    package func write(to writer: inout ByteWriter) {
        writer.append(mode.rawValue)
        writer.appendVarint(UInt64(max(0, created.seconds)))
        writer.appendVarint(UInt64(created.nanoseconds))
        writer.append(Array(name.utf8))
    }

    private struct Damage: Error {}
}
