import Buffers
import Execution
import Multiformats

/// Which tables a database of LevelDB consists of, and how many bytes they have; and the log that follows
/// them.
///
/// - Spec: LevelDB's `doc/impl.md`, `db/version_edit.cc`.
struct DatabaseManifest {
    /// Bytes by number of the table.
    private(set) var tables: [UInt64: Int] = [:]
    /// The number of the log whose changes are in no table yet; 0 before the first one.
    private(set) var logNumber: UInt64 = 0
    /// The number of a log before that one, which is read too; 0 for none.
    private(set) var previousLogNumber: UInt64 = 0
    /// The number that LevelDB has given to the last change of a key, as far as the manifest knows: what is in
    /// tables has no larger one.
    private(set) var lastSequence: UInt64 = 0
    /// The number of its file; nil where its name has none.
    private(set) var number: UInt64?
    /// Whether the last change is not whole, as one is that was being written.
    private(set) var isTorn = false

    init() {}

    /// Reads the manifest of a database, which may be open.
    ///
    /// - Throws: `FileError.damaged`, too: nothing is guessed.
    init(of database: String) throws(FileError) {
        let current = try File.readAll(database + "/CURRENT", limit: 1024)
        let name = current.prefix(max(0, current.count - 1)).displayText
        let path = "\(database)/\(name)"
        let damage = FileError(operation: "read", path: path, number: FileError.damaged)
        guard current.starts(with: "MANIFEST-"), !current.contains(UInt8(ascii: "/")) else {
            throw damage
        }
        number = Self.number(ofManifest: name)
        var reader = try DatabaseLogReader(path, recordByteCountMin: 0)
        while let edit = try reader.next() {
            guard apply(edit) else { throw damage }
        }
        if reader.isDamaged { throw damage }
        isTorn = reader.isTorn
    }

    /// The number in the name of a manifest; nil for another file.
    static func number(ofManifest name: String) -> UInt64? {
        let prefix = "MANIFEST-"
        return name.hasPrefix(prefix) ? UInt64(name.dropFirst(prefix.count)) : nil
    }

    /// The number in the name of a log; nil for another file.
    static func number(ofLog name: String) -> UInt64? {
        name.hasSuffix(".log") ? UInt64(name.dropLast(4)) : nil
    }

    /// The file of a table.
    static func fileName(ofTable number: UInt64) -> String { padded(number) + ".ldb" }

    /// The file of a log.
    static func fileName(ofLog number: UInt64) -> String { padded(number) + ".log" }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Goes on by one change of the database.
    ///
    /// - Returns: false for what is none.
    mutating func apply(_ edit: Bytes) -> Bool {
        var reader = ByteReader(edit)
        do {
            while !reader.isAtEnd {
                guard try applyField(&reader) else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    /// One field, by its number: the order of keys, the numbers of the log, of the next file and of the
    /// last write, where a compaction goes on, a table that is gone, one that has come, the number of the
    /// log before.
    private mutating func applyField(_ reader: inout ByteReader) throws -> Bool {
        switch try reader.readProtobufVarint() {
        case 1: try skipText(&reader)
        case 2: logNumber = try reader.readProtobufVarint()
        case 3: _ = try reader.readProtobufVarint()
        case 4: lastSequence = try reader.readProtobufVarint()
        case 5:
            _ = try reader.readProtobufVarint()
            try skipText(&reader)
        case 6:
            _ = try reader.readProtobufVarint()
            tables[try reader.readProtobufVarint()] = nil
        case 7:
            _ = try reader.readProtobufVarint()
            let number = try reader.readProtobufVarint()
            let size = try reader.readProtobufVarint()
            guard let byteCount = Int(exactly: size) else { return false }
            try skipText(&reader)
            try skipText(&reader)
            tables[number] = byteCount
        case 9: previousLogNumber = try reader.readProtobufVarint()
        default: return false
        }
        return true
    }

    private func skipText(_ reader: inout ByteReader) throws {
        _ = try reader.read(try reader.readProtobufVarint())
    }
}
