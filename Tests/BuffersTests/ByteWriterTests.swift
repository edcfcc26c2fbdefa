import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct ByteWriterTests {
    @Test func whatIsWrittenIsReadBack() throws {
        var writer = ByteWriter(capacity: 0)
        writer.append(UInt8(7))
        writer.append([1, 2, 3])
        writer.append(Bytes([4, 5]))
        writer.append(utf8: "ab")
        writer.appendBigEndian(UInt32(0x0102_0304))
        writer.appendLittleEndian(UInt32(0x0506_0708))
        let bytes = writer.finish()
        #expect(bytes == [7, 1, 2, 3, 4, 5, 0x61, 0x62, 1, 2, 3, 4, 8, 7, 6, 5])

        var reader = ByteReader(bytes)
        #expect(try reader.readByte() == 7)
        #expect(try reader.read(5) == [1, 2, 3, 4, 5])
        #expect(try reader.read(2).utf8Text == "ab")
        #expect(try reader.readBigEndian(UInt32.self) == 0x0102_0304)
        #expect(try reader.readLittleEndian(UInt32.self) == 0x0506_0708)
        #expect(reader.isAtEnd)
    }

    @Test func growingKeepsEverything() {
        var writer = ByteWriter(capacity: 1)
        for number in 0..<10_000 { writer.append(UInt8(truncatingIfNeeded: number)) }
        let bytes = writer.finish()
        #expect(bytes.count == 10_000)
        #expect(bytes[9_999] == UInt8(truncatingIfNeeded: 9_999))
    }

    @Test func takingLeavesAnEmptyWriter() {
        var writer = ByteWriter()
        writer.append([1, 2])
        let first = writer.takeBytes()
        writer.append(UInt8(3))
        #expect(first == [1, 2])
        #expect(writer.finish() == [3])
    }

    /// What is kept is charged with the memory that it keeps from being freed.
    @Test func whatWasWrittenHoldsAllOfItsMemory() {
        var writer = ByteWriter(capacity: 4_096)
        writer.append([1, 2, 3])
        let bytes = writer.finish()
        #expect(bytes.heldByteCount == 4_096)
        let compacted = bytes.compacted()
        #expect(compacted == bytes)
        #expect(compacted.heldByteCount == 3)
    }

    @Test func slicesKnowTheirPlace() {
        let bytes = Bytes([1, 2, 3, 4, 5])[1..<5]
        #expect(bytes.range(ofSlice: bytes[1..<3]) == 1..<3)
        #expect(bytes.range(ofSlice: bytes) == 0..<4)
        #expect(bytes.range(ofSlice: .empty) == 0..<0)
    }

    @Test func readingPastTheEndIsAnErrorAndMovesNothing() throws {
        var reader = ByteReader([1, 2])
        #expect(throws: ByteReaderError.endOfBytes) { try reader.read(3) }
        #expect(throws: ByteReaderError.endOfBytes) { try reader.read(-1) }
        #expect(throws: ByteReaderError.endOfBytes) { try reader.read(UInt64.max) }
        #expect(reader.remaining == 2)
        #expect(reader.readRest() == [1, 2])
        #expect(throws: ByteReaderError.endOfBytes) { try reader.readByte() }
    }
}
