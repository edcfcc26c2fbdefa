import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Uploads that stand still hold nothing that others need, and end with the same CIDs.
@Suite(.timeLimit(.minutes(40)))
struct StalledUploadTests {
    private let scratch: ScratchLibrary
    private let bytes: Bytes

    init() throws {
        scratch = try ScratchLibrary()
        var random = SeededRandom(seed: 12)
        bytes = random.bytes(9 << 20)
    }

    /// What waits in a file would take the last of the disk, which the store's log needs.
    @Test func whatIsPutAsideLeavesTheReserveAlone() throws {
        let scratch = try ScratchLibrary(reserveByteCount: 1 << 60)
        let session = try AddSession(scratch.access, options: ImportOptions()) { _ in }
        try session.beginFile(at: .top)
        try session.write(bytes.prefix(200_000))
        let error = contentError { try session.pause() }
        #expect(error?.code == .storage)
        #expect(error?.message.contains("above the reserve") == true)
    }

    /// Three bytes of a piece of 300 KB do not keep all of it while the upload stands still.
    @Test(arguments: [false, true])
    func theStartOfALeafDoesNotKeepThePieceThatItCameIn(holdsFirstChunk: Bool) throws {
        var options = ImportOptions()
        options.mtime = holdsFirstChunk ? ModificationTime(seconds: 7) : nil
        let session = try AddSession(scratch.access, options: options) { _ in }
        try session.beginFile(at: .top)
        let isGone = Monitor(false)
        do {
            let piece = bytes.prefix(300_000).copy { isGone.notify { $0 = true } }
            if !holdsFirstChunk { try session.write(piece.prefix(262_144)) }
            try session.write(piece.dropFirst(262_144 - (holdsFirstChunk ? 3 : 0)).prefix(3))
        }
        try session.pause()
        // The store's writer lets go of a leaf that is on its way when that is on disk.
        #expect(isGone.wait(by: soon()) { $0 ? true : nil } == true)
        try session.endFile()
        _ = try session.finish(pinning: .none)
    }

    @Test(arguments: ["size-262144", "size-2000000", "rabin-87381-262144-393216", "buzhash"])
    func anAddGivesTheSameWhereverItStops(chunker: String) throws {
        var options = ImportOptions()
        options.chunker = try Chunker.Specification(parsing: chunker)
        for keepsTime in [false, true] {
            options.mtime = keepsTime ? ModificationTime(seconds: 7) : nil
            let expected = try scratch.add(bytes, options).cid
            let session = try AddSession(scratch.access, options: options) { _ in }
            try session.beginFile(at: .top)
            var random = SeededRandom(seed: 13)
            var offset = 0
            while offset < bytes.count {
                let end = min(bytes.count, offset + 1 + random.below(700_000))
                try session.write(bytes[offset..<end])
                if random.below(2) == 0 { try session.pause() }
                if random.below(4) == 0 { try session.pause() }
                offset = end
            }
            try session.endFile()
            let root = try only(try session.finish(pinning: .none))
            #expect(root.cid == expected)
            #expect(try scratch.read(root.cid) == bytes)
        }
    }

    @Test func anImportGivesTheSameWhereverItStops() throws {
        var options = ImportOptions()
        (options.chunker, options.rawLeaves) = (.fixed(1_500_000), true)
        let file = try scratch.add(bytes, options)
        var export = try CARExport(root: file.cid, access: scratch.access)
        var car = ByteWriter()
        while let piece = try export.next() { car.append(piece.bytes) }
        let archive = car.finish()
        let other = try ScratchLibrary()
        let reader = CARImport(other.access)
        var random = SeededRandom(seed: 14)
        var offset = 0
        while offset < archive.count {
            let end = min(archive.count, offset + 1 + random.below(400_000))
            try reader.feed(archive[offset..<end])
            if random.below(2) == 0 { try reader.pause() }
            offset = end
        }
        try reader.endArchive()
        #expect(try reader.finish(pinsRoots: false).map(\.cid) == [file.cid])
        #expect(try other.read(file.cid) == bytes)
    }

    /// What an add remembers cannot be let go of: it says so where others wait for that.
    @Test func aStalledAddOfManyFoldersHoldsUpThoseThatWait() throws {
        let (budget, access) = (scratch.library.entryMemory.budget, scratch.access)
        let session = try AddSession(access, options: ImportOptions()) { _ in }
        for number in 0..<4_000 {
            try session.addFolder(at: EntryPath(cleaning: Bytes(utf8: "d/\(number)")))
        }
        try session.pause()
        #expect(!access.holdsUpOthers)
        let rest = budget.limit - budget.inUse
        #expect(budget.tryAcquire(rest))
        let waiting = Thread(name: "waits") { _ = budget.acquire(1, by: soon()) }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(access.holdsUpOthers)
        let other = RequestContext(deadline: .never)
        #expect(!ContentAccess(scratch.library, for: other).holdsUpOthers)
        budget.release(rest)
        waiting.join()
        budget.release(1)
        #expect(!access.holdsUpOthers)
        withExtendedLifetime(session) {}
    }

    /// Many that stand still in the middle of a chunk, and one that needs the room.
    @Test func othersGetTheRoomOfThoseThatStandStill() throws {
        let budget = scratch.library.ingestBudget
        var stalled: [AddSession] = []
        for _ in 0..<30 {
            let session = try AddSession(scratch.access, options: ImportOptions()) { _ in }
            try session.beginFile(at: .top)
            try session.write(bytes.prefix(3_000_000))
            try session.pause()
            stalled.append(session)
        }
        #expect(budget.inUse == 0)
        #expect(try scratch.add(Bytes(utf8: "hello")).tsize > 5)
        for session in stalled {
            try session.write(bytes.dropFirst(3_000_000))
            try session.endFile()
            let root = try only(try session.finish(pinning: .none))
            #expect(root.fileByteCount == UInt64(bytes.count))
        }
    }
}
