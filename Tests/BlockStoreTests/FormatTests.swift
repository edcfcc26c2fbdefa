import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// The bytes on disk: as `Docs/formats` has them, back again, and never a trap on anything else.
@Suite(.timeLimit(.minutes(40)))
struct FormatTests {
    @Test func theValueOfABlockIsAsSpecified() throws {
        let block = try VerifiedBlock(
            hashing: Bytes(utf8: "hello"), codec: .raw, function: .sha2_256)
        let header = StoredValue.header(of: block)
        let head = [1, 0, 1, 0x55] + block.multihash.bytes.array
        var checksum = CRC32C()
        checksum.update(Bytes(utf8: "hello"))
        checksum.update(Bytes(head))
        let check = (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> ($0 * 8)) }
        #expect(header.array == head + check)
        let value = Bytes(header.array + block.bytes.array)
        let stored = try StoredValue(decoding: value)
        #expect(stored.isIntact)
        #expect(stored.multihash == block.multihash)
        #expect(stored.codec == .raw)
        #expect(stored.flags == .hasNoLinks)
        #expect(stored.bytes == block.bytes)
    }

    @Test func everyFlippedBitShows() throws {
        let block = try VerifiedBlock(
            hashing: Bytes(utf8: "hello"), codec: .raw, function: .sha2_256)
        let value = StoredValue.header(of: block).array + block.bytes.array
        for bit in 0..<value.count * 8 {
            var damaged = value
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let stored = try? StoredValue(decoding: Bytes(damaged))
            #expect(stored?.isIntact != true, "bit \(bit)")
        }
    }

    @Test func aLaterFormatIsNotCalledDamage() {
        #expect(throws: StoredValueError.newerFormat) {
            try StoredValue(decoding: [3, 0, 0, 0x55, 0x12, 0])
        }
        #expect(throws: StoredValueError.newerFormat) { try StoredRow(decoding: [3, 0, 0]) }
        // Each is no other kind of entry.
        #expect(throws: StoredValueError.damaged) { try StoredValue(decoding: [2, 0, 0, 0x55]) }
        #expect(throws: StoredValueError.damaged) { try StoredRow(decoding: [1, 0, 0]) }
        #expect(throws: StoredValueError.damaged) { try StoredValue(decoding: [1, 0]) }
        #expect(throws: StoredValueError.damaged) { try StoredValue(decoding: []) }
    }

    @Test func theEntryOfARowIsAsSpecified() throws {
        for record in ["text", nil] as [Bytes?] {
            let row = StoredRow(key: Key(Array("pkey".utf8)), record: record)
            let head = [2, record == nil ? 1 : 0, 4] + Array("pkey".utf8)
            var checksum = CRC32C()
            checksum.update(record ?? .empty)
            checksum.update(Bytes(head))
            let check = (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> ($0 * 8)) }
            let value = row.header.array + (record ?? .empty).array
            #expect(value == head + check + (record ?? .empty).array)
            #expect(try StoredRow(decoding: Bytes(value)) == row)
            for bit in 0..<value.count * 8 {
                var damaged = value
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect((try? StoredRow(decoding: Bytes(damaged))) == nil, "bit \(bit)")
            }
        }
    }

    @Test func aRowHasItsNumberInFront() {
        let row = MetaRow(sequence: 300, record: "text")
        #expect(row.encode().array == [1, 0xac, 2] + Array("text".utf8))
        #expect(MetaRow(decoding: row.encode()) == row)
        #expect(MetaRow(decoding: [2, 0]) == nil)
        #expect(MetaRow(decoding: [1]) == nil)
    }

    @Test func keysSortAsTheirNumbers() {
        #expect(Key(sequence: 258).bytes == [0, 0, 0, 0, 0, 0, 1, 2])
        let large = UInt64.max - 1
        #expect(Key(sequence: large).sequence == large)
        #expect(Key([1, 2]).sequence == nil)
    }

    @Test func indexEntriesComeBack() {
        let entry = IndexEntry(sequence: 300, byteCount: 262_144, flags: .hasNoLinks)
        #expect(entry.encode().array == [1, 0xac, 2, 0x80, 0x80, 0x10, 1])
        #expect(IndexEntry(decoding: entry.encode()) == entry)
    }

    @Test func pinsComeBack() throws {
        let cid = CID.v1(.dagPB, try VerifiedBlock(sample: 1).multihash)
        for holder in [.rpc, .request("id"), .profile("")] as [Pin.Holder] {
            let pin = Pin(
                cid: cid, holder: holder, mode: .direct, name: "Überschrift",
                created: WallTime(seconds: 1_700_000_000, nanoseconds: 5))
            let value = Pin.table.encode(pin.record)
            let row = try #require(Pin.table.row(Pin.table.place(of: pin.key), value))
            #expect(Pin(row) == pin)
            #expect(value.array.prefix(3) == [2, 2, 0x80])
        }
        #expect(
            PinKey(cid, .request("id")).encoded == [cid.bytes, [2], "id"].joined(separator: .empty))
        // The RPC has one pin of a root, and no kind of holder has the number 4.
        #expect(PinKey(decoding: cid.bytes.appending([1, 0])) == nil)
        #expect(PinKey(decoding: cid.bytes.appending([4])) == nil)
        #expect(PinKey(decoding: cid.bytes) == nil)
    }

    @Test func marksAndQuarantineRecordsComeBack() {
        var mark = HighWaterMark()
        mark.sequence = 7
        mark.blockCount = 5
        mark.byteCount = 1 << 40
        mark.changeCount = 300
        #expect(HighWaterMark(decoding: mark.encode()) == mark)
        let record = QuarantineRecord(
            reason: .checksum, sequence: 9, noticed: WallTime(seconds: 1_700_000_000))
        #expect(QuarantineRecord(decoding: record.encode()) == record)
    }

    @Test func whatTheLogSaysOfItselfComesBack() throws {
        let end = LogEnd(last: 300, metaChangeCount: 7)
        let value = end.encode()
        #expect(value.array.prefix(4) == [3, 0xac, 2, 7] && value.count == 8)
        #expect(try LogEnd(decoding: value) == end)
        #expect(LogEnd.key.bytes == [UInt8](repeating: 0, count: 8))
        for place in 0..<value.count {
            var bytes = value.array
            bytes[place] ^= 4
            #expect(throws: StoredValueError.damaged) { try LogEnd(decoding: Bytes(bytes)) }
            #expect(throws: StoredValueError.damaged) { try LogEnd(decoding: value.prefix(place)) }
        }
        let later: Bytes = [4, 1]
        var checksum = CRC32C()
        checksum.update(later)
        var writer = ByteWriter()
        writer.append(later)
        writer.appendLittleEndian(checksum.value)
        let whole = writer.finish()
        #expect(throws: StoredValueError.newerFormat) { try LogEnd(decoding: whole) }
    }

    @Test func cursorsComeBack() {
        let cursor = FollowerCursor(name: "test", sequence: 300, state: [7, 8])
        let table = FollowerCursor.table
        #expect(table.encode(cursor.record).array == [1, 0xac, 2, 7, 8])
        #expect(table.record(decoding: table.encode(cursor.record)) == cursor.record)
        #expect(table.record(decoding: [2, 0xac, 2]) == nil)
        let large = Bytes([1, 0] + [UInt8](repeating: 0, count: Limits.followerStateBytesMax))
        #expect(table.record(decoding: large) != nil)
        #expect(table.record(decoding: large.appending([0])) == nil)
        #expect(table.place(of: "test").bytes == Array("ctest".utf8))
    }

    @Test(arguments: ["", "A", "a b", "a\u{301}", "a_b", String(repeating: "a", count: 33)])
    func aFollowerHasAShortName(_ name: String) {
        #expect(FollowerName(decoding: Bytes(utf8: name)) == nil)
        #expect(FollowerName(decoding: Bytes(utf8: String(repeating: "a", count: 32))) != nil)
        #expect("\(FollowerName(decoding: Bytes(utf8: "scrub-2"))!)" == "scrub-2")
    }

    @Test func noBytesMakeADecoderTrap() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<20_000 {
            var array = random.bytes(random.below(40)).array
            if !array.isEmpty, random.below(2) == 0 { array[0] = 1 }
            let bytes = Bytes(array)
            _ = try? StoredValue(decoding: bytes)
            _ = try? StoredRow(decoding: bytes)
            _ = try? StoredRow(decoding: [[2, 0], bytes].joined(separator: .empty))
            if let row = MetaRow(decoding: bytes) {
                #expect(MetaRow(decoding: row.encode()) == row)
            }
            _ = Pin.table.row(Key(array), bytes)
            _ = Pin.table.row(
                Key([UInt8(ascii: "p")] + array), [[2], bytes].joined(separator: .empty))
            if let entry = IndexEntry(decoding: bytes) {
                #expect(IndexEntry(decoding: entry.encode()) == entry)
            }
            if let record = FollowerCursor.table.record(decoding: bytes) {
                let again = FollowerCursor.table.encode(record)
                #expect(FollowerCursor.table.record(decoding: again) == record)
            }
            let marked = [[2], bytes.dropFirst(1)].joined(separator: .empty)
            if let mark = HighWaterMark(decoding: marked) {
                #expect(HighWaterMark(decoding: mark.encode()) == mark)
            }
            _ = try? LogEnd(decoding: bytes)
            if let record = QuarantineRecord(decoding: bytes) {
                #expect(QuarantineRecord(decoding: record.encode()) == record)
            }
        }
    }
}
