import Buffers
import Execution
import Vault

/// Reads the records of one of LevelDB's own log files, and leaves out what is damaged.
///
/// It drops what LevelDB drops when it is told to bear with damage, and calls damage what LevelDB takes for
/// the end of a log though there is more behind it. LevelDB cannot be used for that: it
/// takes an error of the disk for the end of the log then, and goes on without the rest.
///
/// - Spec: LevelDB's `doc/log_format.md`, `db/log_reader.cc`.
struct DatabaseLogReader {
    /// Bytes of the pieces that a log consists of.
    static let blockByteCount = 32_768
    /// Bytes before the payload of a fragment: checksum, length, kind.
    static let headByteCount = 7
    /// Bytes that every record of a log of writes has: a sequence number and a count.
    static let batchByteCountMin = 12

    private enum Piece {
        case fragment(kind: UInt8, Bytes)
        /// The rest of a block cannot be read.
        case damage
        case end
    }

    private let file: File
    private let recordByteCountMin: Int
    private var block = Bytes.empty
    private var isLastBlock = false
    /// Where the block ends in the file.
    private var blockEnd = UInt64(0)
    /// Somewhere before this place of the file there is a byte that is not zero.
    private var writtenEnd = UInt64(0)
    /// Bytes that were left out.
    private(set) var droppedByteCount = 0
    /// Whether anything was left out, if only an empty fragment: LevelDB opens no such log.
    private(set) var isDamaged = false
    /// Whether it ends in the middle of a record, as one does that was being written.
    private(set) var isTorn = false

    /// - Parameter recordByteCountMin: shorter records are damage.
    init(
        _ path: String, recordByteCountMin: Int = DatabaseLogReader.batchByteCountMin
    ) throws(FileError) {
        file = try File(path, .read)
        self.recordByteCountMin = recordByteCountMin
    }

    /// The next record that is whole.
    ///
    /// - Returns: nil at the end; what was being written when the process ended counts as the end.
    /// - Throws: when the disk does not give the bytes: that is no damage.
    mutating func next() throws(FileError) -> Bytes? {
        var record: [Bytes]?
        while true {
            switch try nextPiece() {
            case .end:
                isTorn = isTorn || record != nil
                return nil
            case .damage: drop(&record)
            case .fragment(let kind, let payload):
                // 1 full, 2 first, 3 middle, 4 last.
                // An empty beginning that another one follows is no damage for LevelDB.
                if kind == 1 || kind == 2 {
                    if record?.allSatisfy(\.isEmpty) == true { record = nil }
                    drop(&record)
                }
                switch (kind, record) {
                case (1, _), (2, _): record = [payload]
                case (3, .some), (4, .some): record?.append(payload)
                default:
                    isDamaged = true
                    droppedByteCount += payload.count
                    drop(&record)
                }
                guard kind == 1 || kind == 4, let whole = record?.joined(separator: .empty)
                else { continue }
                record = nil
                if whole.count >= recordByteCountMin { return whole }
                isDamaged = true
                droppedByteCount += whole.count
            }
        }
    }

    private mutating func drop(_ record: inout [Bytes]?) {
        guard let pieces = record else { return }
        isDamaged = true
        droppedByteCount += pieces.reduce(0) { $0 + $1.count }
        record = nil
    }

    private mutating func nextPiece() throws(FileError) -> Piece {
        while block.count < Self.headByteCount {
            if isLastBlock {
                isTorn = isTorn || !block.isEmpty
                return .end
            }
            block = try file.readFully(Self.blockByteCount)
            blockEnd += UInt64(block.count)
            isLastBlock = block.count < Self.blockByteCount
        }
        let count = Int(block[4]) | Int(block[5]) << 8
        let kind = block[6]
        let end = Self.headByteCount + count
        guard end <= block.count else {
            // What was being written when the process ended has nothing behind it.
            if isLastBlock, !hasFragmentBehindHead {
                isTorn = true
                return .end
            }
            return damage()
        }
        if kind == 0, count == 0 {
            // For LevelDB it is room that was reserved and not written, whatever comes behind it.
            guard try isZeroToTheEnd() else { return damage() }
            block = .empty
            (isLastBlock, isTorn) = (true, true)
            return .damage
        }
        guard Self.checksum(block[6..<end]) == ByteReader.littleEndian(block) else {
            return damage()
        }
        let payload = block[Self.headByteCount..<end]
        block = block.dropFirst(end)
        return .fragment(kind: kind, payload)
    }

    /// Whether a whole fragment lies somewhere behind the head of the one that reaches beyond the file: then
    /// its length is damaged. LevelDB takes it for the end, and drops what comes behind it without a word.
    private var hasFragmentBehindHead: Bool {
        (1..<max(1, block.count - Self.headByteCount)).contains { offset in
            let rest = block.dropFirst(offset)
            let end = Self.headByteCount + (Int(rest[4]) | Int(rest[5]) << 8)
            return (1...4).contains(rest[6]) && end <= rest.count
                && Self.checksum(rest[6..<end]) == ByteReader.littleEndian(rest)
        }
    }

    /// Whether nothing but zeros follows. A file system that has lost its power may leave such an end; before
    /// something else they are a sector or a page that was lost.
    private mutating func isZeroToTheEnd() throws(FileError) -> Bool {
        guard block.isZero, writtenEnd <= blockEnd else { return false }
        var end = blockEnd
        while true {
            let piece = try file.read(at: end, count: Self.blockByteCount)
            end += UInt64(piece.count)
            guard piece.isZero else {
                writtenEnd = end
                return false
            }
            if piece.count < Self.blockByteCount { return true }
        }
    }

    private mutating func damage() -> Piece {
        isDamaged = true
        droppedByteCount += block.count
        block = .empty
        return .damage
    }

    /// Of kind and payload; masked, as LevelDB keeps it.
    static func checksum(_ bytes: Bytes) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes)
        return checksum.masked
    }
}

extension Bytes {
    private static let zeros = Bytes(
        [UInt8](repeating: 0, count: DatabaseLogReader.blockByteCount))

    /// Of up to a block.
    fileprivate var isZero: Bool { self == Self.zeros.prefix(count) }
}

extension ByteReader {
    /// The first four bytes as a number; zero where there are fewer.
    fileprivate static func littleEndian(_ bytes: Bytes) -> UInt32 {
        var reader = ByteReader(bytes)
        return (try? reader.readLittleEndian(UInt32.self)) ?? 0
    }
}
