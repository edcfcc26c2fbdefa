import Buffers
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct VarintTests {
    @Test(arguments: [0, 1, 127, 128, 255, 300, 16383, 16384, 1 << 35, 1 << 62, (1 << 63) - 1])
    func numbersComeBack(value: UInt64) throws {
        var writer = ByteWriter()
        writer.appendVarint(value)
        #expect(writer.count == Varint.byteCount(of: value))
        let bytes = writer.finish()
        var reader = ByteReader(bytes)
        #expect(try reader.readVarint() == value)
        #expect(reader.isAtEnd)
        var protobuf = ByteReader(bytes)
        #expect(try protobuf.readProtobufVarint() == value)
    }

    @Test
    func theLargestNumberOfProtobufHasTenBytes() throws {
        var writer = ByteWriter()
        writer.appendVarint(.max)
        #expect(writer.count == 10)
        #expect(Varint.byteCount(of: .max) == 10)
        var reader = ByteReader(writer.finish())
        #expect(try reader.readProtobufVarint() == .max)
    }

    @Test(
        arguments: [
            [], [0x80], [0x80, 0x00], [0xff, 0x80, 0x00],
            [UInt8](repeating: 0xff, count: 9), [UInt8](repeating: 0x80, count: 9) + [0x01],
        ] as [[UInt8]])
    func cutOffLongAndNotMinimalOnesAreRefused(bytes: [UInt8]) {
        var reader = ByteReader(Bytes(bytes))
        #expect(throws: MultiformatsError.self) { try reader.readVarint() }
    }

    @Test
    func protobufAllowsLongFormsButNoOverflow() throws {
        var long = ByteReader(Bytes([0x81, 0x80, 0x00]))
        #expect(try long.readProtobufVarint() == 1)
        var wide = ByteReader(Bytes([UInt8](repeating: 0x80, count: 9) + [0x02]))
        #expect(throws: MultiformatsError.self) { try wide.readProtobufVarint() }
        var endless = ByteReader(Bytes([UInt8](repeating: 0x80, count: 11)))
        #expect(throws: MultiformatsError.self) { try endless.readProtobufVarint() }
    }
}
