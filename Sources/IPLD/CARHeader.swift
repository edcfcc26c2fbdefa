import Buffers
import Multiformats

/// The header of a CAR, or the pragma of version 2, which has the same form without roots.
struct CARHeader {
    /// The length of version 2's own header, behind the pragma.
    static let outerByteCount = 40
    /// Where that header ends: the pragma has 11 bytes.
    private static let outerEnd: UInt64 = 11 + UInt64(outerByteCount)

    /// Any number: what is no version is told as it is.
    let version: Int128
    let roots: [CID]

    /// Decodes the CBOR of a header; no more than the roots is kept of it.
    ///
    /// - Throws: `.header`.
    init(decoding bytes: Bytes) throws(CARError) {
        var fields = CARHeaderFields()
        do {
            try fields.read(CBORWalk(bytes, .reading))
        } catch {
            throw CARError(.header, "invalid header: \(error.message)")
        }
        (version, roots) = try fields.values
    }

    /// Where the data of version 2 is: how many bytes to pass, and how many it has.
    ///
    /// - Throws: `.header` when it would begin inside the header.
    static func dataPlace(
        inOuter bytes: Bytes
    ) throws(CARError) -> (gapByteCount: UInt64, byteCount: UInt64) {
        // The first 16 bytes say which optional parts the index has.
        var reader = ByteReader(bytes.dropFirst(16))
        guard let offset = try? reader.readLittleEndian(UInt64.self),
            let count = try? reader.readLittleEndian(UInt64.self),
            offset >= outerEnd, count > 0, offset <= UInt64(Int64.max), count <= UInt64(Int64.max)
        else { throw CARError(.header, "invalid car version 2 header") }
        return (offset - outerEnd, count)
    }
}
