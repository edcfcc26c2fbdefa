package import Buffers
import Multiformats

/// How far a follower of the log has come, and what else it has to know to go on from there.
package struct FollowerCursor: Hashable, Sendable {
    /// What the follower is called.
    package let name: FollowerName
    /// Everything up to this number has been worked on.
    package var sequence: UInt64
    /// The follower's own; up to `Limits.followerStateBytesMax`.
    package var state: Bytes

    package init(name: FollowerName, sequence: UInt64, state: Bytes = .empty) {
        self.name = name
        self.sequence = sequence
        self.state = state
    }

    /// Table `c`. Derived: its rows follow from reading the log again; and a follower of the log must not
    /// write entries there that it meets itself.
    static let table = Table<FollowerName, Record>(
        "c", rowName: "cursor of a follower", durability: .derived)

    /// What stands in its row.
    var record: Record { Record(sequence: sequence, state: state) }

    /// What stands in the row of a cursor.
    ///
    ///     u8 format (1) | varint sequence | the follower's own state, up to the end
    ///
    /// - Spec: `Docs/formats/meta.md`.
    struct Record: TableRecord, Hashable {
        static var format: UInt8 { 1 }

        let sequence: UInt64
        let state: Bytes
    }
}

extension FollowerCursor.Record {
    init(reading reader: inout ByteReader) throws {
        let sequence = try reader.readVarint()
        guard sequence <= Limits.sequenceMax, reader.remaining <= Limits.followerStateBytesMax
        else { throw Damage() }
        self.init(sequence: sequence, state: reader.readRest())
    }

    func write(to writer: inout ByteWriter) {
        writer.appendVarint(sequence)
        writer.append(state)
    }

    private struct Damage: Error {}
}
