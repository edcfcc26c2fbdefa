import Buffers
import JSON
import Multiformats

/// What a printer writes into: first nowhere, to learn how long the value is, then into memory of
/// just that size. A text of 24 MiB can be 144 MiB of JSON, and memory that grows by doubling
/// would be there three times while it moves.
struct PrinterOutput: ~Copyable {
    private var writer = ByteWriter(capacity: 0)
    private var byteCount = 0
    private let byteCountMax: Int

    /// Whether the value is only measured.
    private(set) var isCounting = true

    /// - Parameter byteCountMax: the longest value that is written.
    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// Sees to it that a value that is far too long is not measured to its end.
    ///
    /// - Throws: `.tooLarge`.
    func check() throws(IPLDError) {
        guard byteCount <= byteCountMax else { throw .tooLongToWrite(byteCountMax) }
    }

    /// Ends the measuring: what is appended from now on, the same once more, is written.
    ///
    /// - Throws: `.tooLarge`.
    mutating func beginWriting() throws(IPLDError) {
        try check()
        writer = ByteWriter(capacity: byteCount)
        isCounting = false
    }

    /// Hands over what was written.
    mutating func takeBytes() -> Bytes { writer.takeBytes() }

    mutating func append(_ byte: UInt8) {
        if isCounting { byteCount += 1 } else { writer.append(byte) }
    }

    /// Appends one byte several times.
    mutating func append(_ byte: UInt8, count: Int) {
        if isCounting {
            byteCount += count
        } else {
            for _ in 0..<count { writer.append(byte) }
        }
    }

    mutating func append(_ bytes: Bytes) {
        if isCounting { byteCount += bytes.count } else { writer.append(bytes) }
    }

    mutating func append(utf8 text: String) {
        if isCounting { byteCount += text.utf8.count } else { writer.append(utf8: text) }
    }

    /// Appends eight bytes, the most significant first.
    mutating func appendBigEndian(_ value: UInt64) {
        if isCounting {
            byteCount += MemoryLayout<UInt64>.size
        } else {
            writer.appendBigEndian(value)
        }
    }

    mutating func append(_ head: CBORHead) {
        if isCounting { byteCount += head.byteCount } else { head.write(to: &writer) }
    }

    /// Appends tag 42 with the CID.
    mutating func append(cborLink cid: CID) {
        if isCounting {
            byteCount += DagCBOR.byteCount(ofLink: cid)
        } else {
            DagCBOR.write(link: cid, to: &writer)
        }
    }

    /// Appends a text as a JSON string.
    mutating func append(json text: String) {
        if isCounting {
            byteCount += JSONText.byteCount(of: text, .ipld)
        } else {
            JSONText.write(text, .ipld, to: &writer)
        }
    }

    /// Appends base64 without padding, in pieces: the text of all of it is never in memory besides.
    mutating func append(base64 bytes: Bytes) {
        guard !isCounting else {
            byteCount += (bytes.count * 4 + 2) / 3
            return
        }
        var start = 0
        while start < bytes.count {
            let end = min(start + Limits.base64PieceBytes, bytes.count)
            writer.append(utf8: Multibase.base64.encodeWithoutPrefix(bytes[start..<end]))
            start = end
        }
    }
}
