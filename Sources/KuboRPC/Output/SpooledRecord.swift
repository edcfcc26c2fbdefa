import Buffers

/// A key with a value, as a run of a `SortedSpool` holds them: two lengths of 32 bits, key, value.
struct SpooledRecord {
    let key: Bytes
    let value: Bytes

    static let headByteCount = 8

    /// Memory that it takes, roughly.
    var memoryByteCount: Int { key.count + value.count + 160 }

    func write(to writer: inout ByteWriter) {
        writer.appendLittleEndian(UInt32(key.count))
        writer.appendLittleEndian(UInt32(value.count))
        writer.append(key)
        writer.append(value)
    }
}
