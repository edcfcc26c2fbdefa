import BlockStore
import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import UnixFS

/// A library over a real store in a folder that goes away with it.
final class ScratchLibrary: Sendable {
    let folder: String
    let store: BlockStore
    let library: Library

    /// On behalf of somebody who waits for ever.
    var access: ContentAccess { library.access(for: RequestContext(deadline: soon())) }

    init(
        egressBytesMax: Int = 32 << 20, largeEgressBytesMax: Int = Limits.largeEgressBytesMax,
        reserveByteCount: Int = 0
    ) throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-content-")
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.cacheByteCount = 1 << 20
        options.reserveByteCount = reserveByteCount
        options.durability = .os
        options.logWriteBufferByteCount = 4 << 20
        options.metaWriteBufferByteCount = 1 << 20
        options.indexDelay = .milliseconds(5)
        store = try BlockStore.open(options)
        library = Library(
            store: store, egressBytesMax: egressBytesMax, largeEgressBytesMax: largeEgressBytesMax)
    }

    deinit {
        store.close()
        try? File.removeTree(folder)
    }

    /// Stores the blocks of a CAR and gives its roots.
    @discardableResult
    func load(_ fixture: String) throws -> [CID] {
        let archive = CARImport(access)
        try archive.feed(try Fixture.bytes("gateway-conformance/" + fixture))
        try archive.endArchive()
        return try archive.finish(pinsRoots: false).map(\.cid)
    }

    /// Adds one file and gives its result.
    @discardableResult
    func add(
        _ bytes: Bytes, _ options: ImportOptions = ImportOptions(), pieceByteCount: Int = 10_007
    ) throws -> AddResult {
        let session = try AddSession(access, options: options) { _ in }
        try session.beginFile(at: .top)
        try session.write(bytes, inPiecesOf: pieceByteCount)
        try session.endFile()
        return try only(try session.finish(pinning: .none))
    }

    /// Everything that a stream gives.
    func read(_ cid: CID, range: Range<UInt64>? = nil) throws -> Bytes {
        var stream = try FileStream(cid, range: range, access: access)
        var writer = ByteWriter()
        while let piece = try stream.next() { writer.append(piece.bytes) }
        return writer.finish()
    }

    func resolve(_ path: String) throws -> Resolution {
        try PathResolver(access).resolve(
            try ContentPath(parsing: Bytes(utf8: path)), in: access.makeStateShare())
    }
}

extension AddSession {
    /// Writes bytes as they come from a connection.
    func write(_ bytes: Bytes, inPiecesOf count: Int) throws {
        var offset = 0
        while offset < bytes.count {
            try write(bytes[offset..<min(offset + count, bytes.count)])
            offset += count
        }
    }

    /// Adds a whole file.
    func add(_ path: String, _ bytes: Bytes) throws {
        try beginFile(at: EntryPath(cleaning: Bytes(utf8: path)))
        try write(bytes)
        try endFile()
    }
}

/// The one element of an array.
func only<Element>(_ elements: [Element]) throws -> Element {
    guard elements.count == 1, let first = elements.first else {
        throw WrongCount(count: elements.count)
    }
    return first
}

struct WrongCount: Error { let count: Int }

/// The content error that a body throws.
func contentError(_ body: () throws -> Void) -> ContentError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ContentError
    }
}
