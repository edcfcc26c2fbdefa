import Buffers
import Multiformats

/// The header of a CAR, or the pragma of version 2, which has the same form without roots.
struct CARHeader {
    /// The length of version 2's own header, behind the pragma.
    static let outerByteCount = 40
    /// Where that header ends: the pragma has 11 bytes.
    private static let outerEnd: UInt64 = 11 + UInt64(outerByteCount)

    let version: UInt64
    let roots: [CID]

    /// Decodes the CBOR of a header.
    ///
    /// - Throws: `.header`.
    init(decoding bytes: Bytes) throws(CARError) {
        let value: IPLDValue
        do {
            value = try DagCBOR.decode(bytes, .reading)
        } catch {
            throw CARError(.header, "invalid header: \(error.message)")
        }
        guard case .integer(let version)? = value["version"] else {
            throw CARError(.header, "invalid header: no version")
        }
        self.version = UInt64(exactly: version) ?? 0
        roots = try Self.roots(value["roots"], version: self.version)
    }

    private static func roots(_ value: IPLDValue?, version: UInt64) throws(CARError) -> [CID] {
        guard let value else {
            guard version == 1 else { return [] }
            throw CARError(.header, "invalid header: no roots")
        }
        guard case .list(let list) = value else {
            throw CARError(.header, "invalid header: roots are no list")
        }
        var roots: [CID] = []
        for value in list {
            guard case .link(let cid) = value else {
                throw CARError(.header, "invalid header: a root is no link")
            }
            roots.append(cid)
        }
        return roots
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
