import Buffers
import Execution

/// What is in one of LevelDB's logs: whether it is damaged, and which changes it begins and ends with.
struct DatabaseLogExtent {
    /// The name of its file.
    let name: String
    /// Whether something in it is to be left out.
    private(set) var isDamaged: Bool
    /// Bytes of that.
    let droppedByteCount: Int
    /// Whether it ends in the middle of a record.
    let isTorn: Bool
    /// The number that LevelDB has given to its first change; nil where it has no record.
    private(set) var firstSequence: UInt64?
    /// The number that follows its last change; 0 where it has no record.
    private(set) var nextSequence: UInt64 = 0

    /// Reads a log.
    init(_ name: String, in database: String) throws(FileError) {
        var reader = try DatabaseLogReader("\(database)/\(name)")
        while let record = try reader.next() {
            let (sequence, count) = Self.head(of: record)
            if firstSequence == nil { firstSequence = sequence }
            nextSequence = sequence &+ count
        }
        self.name = name
        isDamaged = reader.isDamaged
        droppedByteCount = reader.droppedByteCount
        isTorn = reader.isTorn
    }

    /// All logs of a database, the oldest first. One that ends in the middle of a record though another one
    /// was begun behind it is damaged, too: the record was whole once.
    static func all(in database: String) throws(FileError) -> [DatabaseLogExtent] {
        var logs: [DatabaseLogExtent] = []
        var torn: Int?
        for name in try DatabaseFolder(path: database).logNames() {
            let log = try DatabaseLogExtent(name, in: database)
            if log.firstSequence != nil, let before = torn { logs[before].isDamaged = true }
            torn = log.isTorn && !log.isDamaged ? logs.count : nil
            logs.append(log)
        }
        return logs
    }

    /// Whether LevelDB reads it: what is in older ones is in tables.
    func isRead(by manifest: DatabaseManifest) -> Bool {
        guard let number = DatabaseManifest.number(ofLog: name) else { return false }
        return number >= manifest.logNumber || number == manifest.previousLogNumber
    }

    /// A record that changes nothing.
    ///
    /// - Parameter sequence: the number of the next change.
    /// - Spec: LevelDB's `db/write_batch.cc`.
    static func emptyRecord(at sequence: UInt64) -> Bytes {
        var writer = ByteWriter(capacity: DatabaseLogReader.batchByteCountMin)
        writer.appendLittleEndian(sequence)
        writer.appendLittleEndian(0 as UInt32)
        return writer.finish()
    }

    /// The number of its first change, and how many it has.
    private static func head(of record: Bytes) -> (sequence: UInt64, count: UInt64) {
        var reader = ByteReader(record)
        let sequence = (try? reader.readLittleEndian(UInt64.self)) ?? 0
        let count = (try? reader.readLittleEndian(UInt32.self)) ?? 0
        return (sequence, UInt64(count))
    }
}
