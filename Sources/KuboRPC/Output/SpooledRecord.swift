import Buffers
import Content

/// A key with a value, as a run of a `SortedSpool` holds them: two lengths of 32 bits, key, value.
struct SpooledRecord {
    let key: Bytes
    let value: Bytes

    static let headByteCount = 8

    /// Memory that a record takes beside its bytes, roughly, also while records are sorted.
    static let memoryByteCount = 160

    /// Appends it to a run that is being written.
    ///
    /// - Parameters:
    ///   - writer: gathers what is short.
    ///   - file: gets what was gathered, and what is long from where it is.
    func write(to writer: inout ByteWriter, _ file: SpoolFile) throws {
        writer.appendLittleEndian(UInt32(key.count))
        writer.appendLittleEndian(UInt32(value.count))
        for bytes in [key, value] {
            if bytes.count <= Limits.runReadBytes {
                writer.append(bytes)
            } else {
                try file.append(writer.takeBytes(nextCapacity: Limits.runReadBytes))
                try file.append(bytes)
            }
        }
        guard writer.count >= Limits.runReadBytes else { return }
        try file.append(writer.takeBytes(nextCapacity: Limits.runReadBytes))
    }
}

/// The value of a record in a file.
enum SpooledValue {
    /// A short one, which was read with its key.
    case bytes(Bytes)
    /// A long one stays where it is: nobody needs all of it at a time.
    case range(Range<UInt64>)
}
