package import Buffers
import Glibc
import Synchronization

/// A file without a name for what would take too much memory; made when the first bytes come, and
/// removed by the system with its last descriptor.
///
/// One thread.
package final class UnnamedFile {
    private static let count = Atomic<UInt64>(0)

    private let folder: String
    private let byteCountMax: UInt64
    private var file: File?

    /// Bytes in it.
    package private(set) var byteCount: UInt64 = 0

    /// Makes nothing yet.
    ///
    /// - Parameters:
    ///   - folder: where it will be; made if it is not there.
    ///   - byteCountMax: the most that it takes.
    package init(in folder: String, byteCountMax: UInt64) {
        self.folder = folder
        self.byteCountMax = byteCountMax
    }

    /// Appends bytes.
    ///
    /// - Throws: past the limit, and when the disk is full.
    package func append(_ bytes: Bytes) throws(FileError) {
        guard !bytes.isEmpty else { return }
        guard byteCount + UInt64(bytes.count) <= byteCountMax else {
            throw FileError(
                operation: "write more than \(byteCountMax) bytes to", path: folder, number: EFBIG)
        }
        do {
            try open().write(bytes)
        } catch {
            // The file's own name is gone already, and would tell nobody which disk is full.
            throw FileError(
                operation: "write temporary data in", path: folder, number: error.number)
        }
        byteCount += UInt64(bytes.count)
    }

    /// Reads a part of what was appended.
    ///
    /// - Throws: when the disk gives less than what was written to it.
    package func read(_ range: Range<UInt64>) throws(FileError) -> Bytes {
        guard !range.isEmpty else { return .empty }
        let count = Int(range.upperBound - range.lowerBound)
        let bytes = try file?.read(at: range.lowerBound, count: count) ?? .empty
        guard bytes.count == count else {
            throw FileError(operation: "read what was written to", path: folder, number: EIO)
        }
        return bytes
    }

    /// Removes what a process left that ended between making such a file and taking its name away.
    ///
    /// - Parameter folder: one that no other process uses.
    package static func removeLeftovers(in folder: String) {
        let names = (try? File.names(in: folder)) ?? []
        for name in names where name.utf8.starts(with: "unnamed-".utf8) {
            try? File.remove("\(folder)/\(name)")
        }
    }

    /// Forgets everything, so that the disk has the room again.
    package func reset() {
        file = nil
        byteCount = 0
    }

    private func open() throws(FileError) -> File {
        if let file { return file }
        try File.makeFolder(folder)
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        let made = try Self.make("\(folder)/unnamed-\(getpid())-\(number)")
        file = made
        return made
    }

    /// Makes a file whose name is gone at once. One that has the name was left behind by a process of
    /// the same number, which ended between the two calls.
    static func make(_ path: String) throws(FileError) -> File {
        let made: File
        do {
            made = try File(path, .createNew)
        } catch  where error.isExisting {
            try File.remove(path)
            made = try File(path, .createNew)
        }
        try File.remove(path)
        return made
    }
}
