import BlockStore
import Buffers
import Content
import Execution
import Glibc
import Multiformats
import UnixFS

/// Measures adding, reading and archives without HTTP.
///
/// usage: bench-content FOLDER [--only WORD] [--mib N]
@main
enum ContentBench {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.popFirst() else {
            print("usage: bench-content FOLDER [--only WORD] [--mib N]")
            return
        }
        var only = ""
        var mebibytes = 1024
        while let argument = arguments.popFirst() {
            switch argument {
            case "--only": only = arguments.popFirst() ?? ""
            case "--mib": mebibytes = arguments.popFirst().flatMap(Int.init) ?? mebibytes
            default: return print("unknown argument \(argument)")
            }
        }
        let rows = try Rows(folder: folder + "/bench-content", mebibytes: mebibytes)
        if "add".contains(only) { try rows.add(raw: false) }
        if "raw".contains(only) { try rows.add(raw: true) }
        if "hash".contains(only) { try rows.onlyHash() }
        if "small".contains(only) { try rows.addSmall() }
        if "cat".contains(only) { try rows.cat() }
        if "car".contains(only) { try rows.archives() }
        if "resolve".contains(only) { try rows.resolve() }
    }
}

/// The rows; each with a fresh store.
struct Rows {
    private let folder: String
    private let mebibytes: Int
    /// Different content in every piece, as a connection would hand it over.
    private let pieces: [Bytes]

    init(folder: String, mebibytes: Int) throws {
        self.folder = folder
        self.mebibytes = mebibytes
        var state: UInt64 = 88_172_645_463_325_252
        pieces = (0..<64).map { _ in
            var writer = ByteWriter(capacity: 32 << 10)
            for _ in 0..<4096 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                writer.appendLittleEndian(state)
            }
            return writer.finish()
        }
    }

    func add(raw: Bool) throws {
        let library = try fresh()
        var options = ImportOptions()
        options.rawLeaves = raw
        _ = try measure("add \(mebibytes) MiB\(raw ? ", raw leaves" : ""), MiB/s", mebibytes) {
            try addFile(library, options)
        }
        library.store.close()
    }

    func onlyHash() throws {
        let library = try fresh()
        var options = ImportOptions()
        options.onlyHash = true
        _ = try measure("add --only-hash, MiB/s", mebibytes) { try addFile(library, options) }
        library.store.close()
    }

    func addSmall() throws {
        let library = try fresh()
        try measure("add 10,000 files of 4 KiB, files/s", 10_000) {
            let session = try AddSession(
                access(library), options: ImportOptions()
            ) { _ in }
            for number in 0..<10_000 {
                try session.beginFile(
                    at: EntryPath(cleaning: Bytes(utf8: "d/\(number % 100)/\(number)")))
                var writer = ByteWriter(capacity: 4096)
                writer.appendLittleEndian(UInt64(number))
                writer.append(pieces[number % 64].prefix(4088))
                try session.write(writer.finish())
                try session.endFile()
            }
            try session.finish(pinning: .recursively(name: ""))
        }
        library.store.close()
    }

    func cat() throws {
        let library = try fresh()
        let cid = try addFile(library, ImportOptions())
        for _ in 0..<2 {
            try measure("read \(mebibytes) MiB, MiB/s", mebibytes) {
                var stream = try FileStream(cid, access: access(library))
                var count = 0
                while let piece = try stream.next() { count += piece.bytes.count }
                precondition(count == mebibytes << 20)
            }
        }
        library.store.close()
    }

    func archives() throws {
        let library = try fresh()
        let cid = try addFile(library, ImportOptions())
        for _ in 0..<2 {
            try measure("CAR export, MiB/s", mebibytes) {
                var export = try CARExport(root: cid, access: access(library))
                var count = 0
                while let piece = try export.next() { count += piece.bytes.count }
                precondition(count > mebibytes << 20)
            }
        }
        var car = ByteWriter(capacity: (mebibytes + 2) << 20)
        var export = try CARExport(root: cid, access: access(library))
        while let piece = try export.next() { car.append(piece.bytes) }
        library.store.close()
        let bytes = car.finish()
        let other = try fresh()
        try measure("CAR import, MiB/s", mebibytes) {
            let archive = CARImport(access(other))
            var offset = 0
            while offset < bytes.count {
                let end = min(offset + (32 << 10), bytes.count)
                // A connection hands over pieces of their own memory.
                let piece = bytes[offset..<end].withSpan { Bytes(copying: $0) }
                try archive.feed(piece)
                offset = end
            }
            try archive.endArchive()
            _ = try archive.finish(pinsRoots: true)
        }
        other.store.close()
    }

    func resolve() throws {
        let library = try fresh()
        let session = try AddSession(access(library), options: ImportOptions()) { _ in }
        try session.beginFile(at: EntryPath(cleaning: "a/b/c/file"))
        try session.write(pieces[0].prefix(4096))
        try session.endFile()
        let root = try session.finish(pinning: .none)[0].cid
        let path = try ContentPath(parsing: Bytes(utf8: root.text() + "/b/c/file"))
        try measure("resolve and read 4 KiB two folders deep, 1/s", 200_000) {
            for _ in 0..<200_000 {
                let found = try PathResolver(access(library)).resolve(
                    path, in: access(library).makeStateShare())
                var stream = try FileStream(found.cid, access: access(library))
                _ = try stream.next()
            }
        }
        library.store.close()
    }

    private func addFile(_ library: Library, _ options: ImportOptions) throws -> CID {
        let session = try AddSession(access(library), options: options) { _ in }
        try session.beginFile(at: .top)
        var number: UInt64 = 0
        for _ in 0..<mebibytes << 5 {
            // A copy per piece, as the multipart parser's caller makes one.
            var writer = ByteWriter(capacity: 32 << 10)
            writer.appendLittleEndian(number)
            writer.append(pieces[Int(number % 64)].dropFirst(8))
            try session.write(writer.finish())
            number += 1
        }
        try session.endFile()
        return try session.finish(pinning: .recursively(name: ""))[0].cid
    }

    private func access(_ library: Library) -> ContentAccess {
        library.access(for: RequestContext(deadline: .never))
    }

    private func fresh() throws -> Library {
        try? File.removeTree(folder)
        try File.makeFolder(folder)
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        return Library(store: try BlockStore.open(options))
    }

    @discardableResult
    private func measure<Result>(
        _ row: String, _ amount: Int, _ body: () throws -> Result
    ) rethrows -> Result {
        let (start, cpu) = (Instant.now, Self.processorSeconds)
        let result = try body()
        let seconds = Instant.now.elapsed(since: start).inSeconds
        let used = Self.processorSeconds - cpu
        let rate = Int(Double(amount) / seconds)
        print(
            "\(row): \(rate) in \(seconds) s, \(used) CPU-s, \(Self.residentMebibytes) MiB at most")
        return result
    }

    private static var processorSeconds: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static var residentMebibytes: Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}
