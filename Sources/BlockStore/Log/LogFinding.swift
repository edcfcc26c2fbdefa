import Buffers
import Multiformats

/// What is in the log at the place of a block.
enum LogFinding {
    /// The block, with its checksum.
    case whole(Bytes)
    case absent
    /// Something that is not the block.
    case wrongValue
    /// Not what was written.
    case wrongChecksum

    /// What is wrong with the block; nil if nothing is.
    var fault: QuarantineRecord.Reason? {
        switch self {
        case .whole: nil
        case .absent, .wrongValue: .wrongValue
        case .wrongChecksum: .checksum
        }
    }

    /// The same for somebody who has time to hash the block, too: bytes that are as they were written, and
    /// were wrong then, are not the block.
    func hashed(_ multihash: Multihash) -> LogFinding {
        guard case .whole(let bytes) = self, !multihash.fits(bytes) else { return self }
        return .wrongValue
    }
}

extension Database {
    /// Looks at the place of a block in the log.
    ///
    /// - Throws: where the database does not tell: that says nothing about the block.
    /// - Complexity: one read, and the checksum of the block.
    func finding(
        of multihash: Multihash, at entry: IndexEntry
    ) throws(DatabaseError) -> LogFinding {
        let value: Bytes?
        do throws(DatabaseError) {
            value = try self.value(for: Key(sequence: entry.sequence))
        } catch {
            guard error.kind == .corruption else { throw error }
            return .wrongChecksum
        }
        guard let value else { return .absent }
        let stored: StoredValue
        do throws(StoredValueError) {
            stored = try StoredValue(decoding: value)
        } catch {
            guard error == .newerFormat else { return .wrongValue }
            // Whoever goes back to this version must not find its blocks condemned.
            throw DatabaseError(
                kind: .inputOutput, message: "a value of a later version, or a damaged one")
        }
        guard stored.multihash == multihash, stored.bytes.count == entry.byteCount else {
            return .wrongValue
        }
        return stored.isIntact ? .whole(stored.bytes) : .wrongChecksum
    }
}
