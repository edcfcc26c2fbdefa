package import Buffers
import Multiformats

extension UnixFSData {
    /// Reads a message.
    ///
    /// Fields may come in any order, `blocksizes` packed or not; unknown fields are passed over and
    /// of a field that is there twice the last one counts, as protobuf readers do.
    ///
    /// - Throws: `.malformed` when the bytes are no such message or its type is unknown.
    package init(decoding bytes: Bytes) throws(UnixFSError) {
        var fields = Fields()
        do {
            var reader = ByteReader(bytes)
            while !reader.isAtEnd { try fields.read(from: &reader) }
        } catch let error as UnixFSError {
            throw error
        } catch {
            throw UnixFSError(.malformed, "UnixFS data is cut off or damaged: \(error)")
        }
        guard let number = fields.type else {
            throw UnixFSError(.malformed, "UnixFS data has no type")
        }
        guard let type = Kind(rawValue: number) else {
            throw UnixFSError(.malformed, "unrecognized UnixFS type: \(number)")
        }
        self = fields.message
        self.type = type
    }
}

/// The fields read so far.
private struct Fields {
    var type: UInt64?
    var message = UnixFSData(type: .raw)

    mutating func read(from reader: inout ByteReader) throws {
        let key = try reader.readProtobufVarint()
        switch (key >> 3, key & 7) {
        case (1, 0): type = try reader.readProtobufVarint()
        case (2, 2): message.data = try reader.readLengthDelimited()
        case (3, 0): message.fileSize = try reader.readProtobufVarint()
        case (4, 0): message.blockSizes.append(try reader.readProtobufVarint())
        case (4, 2):
            var packed = ByteReader(try reader.readLengthDelimited())
            while !packed.isAtEnd { message.blockSizes.append(try packed.readProtobufVarint()) }
        case (5, 0): message.hashType = try reader.readProtobufVarint()
        case (6, 0): message.fanout = try reader.readProtobufVarint()
        case (7, 0):
            message.metadata.mode = UInt32(truncatingIfNeeded: try reader.readProtobufVarint())
        case (8, 2):
            message.metadata.mtime = try ModificationTime(
                decoding: try reader.readLengthDelimited())
        case (1...8, _):
            throw UnixFSError(.malformed, "UnixFS field \(key >> 3) has the wrong wire type")
        default: try reader.skipField(wireType: key & 7)
        }
    }
}

extension ModificationTime {
    fileprivate init(decoding bytes: Bytes) throws {
        var reader = ByteReader(bytes)
        var seconds: UInt64?
        var nanoseconds: UInt32 = 0
        while !reader.isAtEnd {
            let key = try reader.readProtobufVarint()
            switch (key >> 3, key & 7) {
            case (1, 0): seconds = try reader.readProtobufVarint()
            case (2, 5): nanoseconds = try reader.readLittleEndian()
            default: try reader.skipField(wireType: key & 7)
            }
        }
        guard let seconds else { throw UnixFSError(.malformed, "UnixFS mtime has no seconds") }
        self.init(seconds: Int64(bitPattern: seconds), nanoseconds: nanoseconds)
    }
}

extension ByteReader {
    fileprivate mutating func readLengthDelimited() throws -> Bytes {
        try read(try readProtobufVarint())
    }

    fileprivate mutating func skipField(wireType: UInt64) throws {
        switch wireType {
        case 0: _ = try readProtobufVarint()
        case 1: _ = try read(8)
        case 2: _ = try readLengthDelimited()
        case 5: _ = try read(4)
        default: throw UnixFSError(.malformed, "UnixFS data has an unknown wire type")
        }
    }
}
