import Buffers
import Execution
import Testing

@Suite(.timeLimit(.minutes(20)))
struct FileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-file-")
        defer { try? File.removeTree(folder) }
        try body(folder)
    }

    @Test func replacingLeavesTheNewContentsAndNothingElse() throws {
        try withFolder { folder in
            try File.replace(folder + "/a", with: Bytes(utf8: "one"))
            try File.replace(folder + "/a", with: Bytes(utf8: "two"))
            #expect(try File.readAll(folder + "/a", limit: 10).utf8Text == "two")
            #expect(try File.names(in: folder) == ["a"])
            #expect(try File.status(of: folder + "/a").mode == 0o600)
        }
    }

    @Test func anErrorOfTheEndIsToldOnce() throws {
        let file = File(descriptor: 1_000_000, name: "x")
        let error = #expect(throws: FileError.self) { try file.checkWritten() }
        #expect(error?.description == "open x: bad file descriptor")
        let last = #expect(throws: FileError.self) { try file.finish() }
        #expect(last?.description == "close x: bad file descriptor")
        try file.finish()
    }

    @Test func makingReplacesNothing() throws {
        try withFolder { folder in
            try File.make(folder + "/a", with: Bytes(utf8: "one"))
            let error = #expect(throws: FileError.self) {
                try File.make(folder + "/a", with: Bytes(utf8: "two"))
            }
            #expect(error?.isExisting == true)
            #expect(try File.names(in: folder) == ["a"])
            #expect(try File.readAll(folder + "/a", limit: 10).utf8Text == "one")
            // As after a crash in the middle of it.
            try File.remove(folder + "/a")
            try File.make(folder + "/a", with: Bytes(utf8: "three"))
            #expect(try File.readAll(folder + "/a", limit: 10).utf8Text == "three")
            #expect(try File.names(in: folder) == ["a"])
        }
    }

    /// Only the two errors that say that nothing is there do.
    @Test func aLookThatFailsIsNoAbsence() throws {
        try withFolder { folder in
            #expect(try !File.exists(folder + "/none"))
            #expect(try !File.exists(folder + "/none/below"))
            try File.replace(folder + "/file", with: .empty)
            #expect(try !File.exists(folder + "/file/below"))
            try File.makeLink(folder + "/loop", to: "loop")
            #expect(try File.exists(folder + "/loop"))
            #expect(throws: FileError.self) { try File.exists(folder + "/loop/below") }
            let long = String(repeating: "x", count: 300)
            #expect(throws: FileError.self) { try File.exists(folder + "/" + long) }
        }
    }

    @Test func aFileOverTheLimitIsRefused() throws {
        try withFolder { folder in
            try File.replace(folder + "/a", with: Bytes(utf8: "12345"))
            #expect(throws: FileError.self) { try File.readAll(folder + "/a", limit: 4) }
            #expect(try File.readAll(folder + "/a", limit: 5).count == 5)
        }
    }

    @Test func errorsNameTheCallAndThePath() throws {
        let error = #expect(throws: FileError.self) {
            try File.readAll("/nonexistent/file", limit: 1)
        }
        #expect(error?.description == "open /nonexistent/file: no such file or directory")
    }

    @Test func treesAreMadeListedAndRemovedWithoutFollowingLinks() throws {
        try withFolder { folder in
            try File.makeFolder(folder + "/t/b/c")
            try File.makeFolder(folder + "/t/b/c")
            try File.replace(folder + "/kept", with: Bytes(utf8: "x"))
            try File.makeLink(folder + "/t/link", to: folder + "/kept")
            #expect(try File.names(in: folder + "/t") == ["b", "link"])
            #expect(try File.linkTarget(of: folder + "/t/link").utf8Text == folder + "/kept")
            #expect(try File.status(of: folder + "/t/link").kind == .symbolicLink)
            try File.removeTree(folder + "/t")
            #expect(try File.names(in: folder) == ["kept"])
        }
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        #expect(throws: FileError.self) { try File.makeFolder("/proc/holdfast/below") }
    }

    @Test func positionedReadsStopAtTheEnd() throws {
        try withFolder { folder in
            try File.replace(folder + "/a", with: Bytes(utf8: "0123456789"))
            let file = try File(folder + "/a", .read)
            #expect(try file.read(at: 8, count: 10).utf8Text == "89")
            #expect(try file.read(at: 20, count: 1).isEmpty)
            #expect(try file.readFully(4).utf8Text == "0123")
            #expect(try file.read(upTo: 100).utf8Text == "456789")
            #expect(try file.read(upTo: 100).isEmpty)
        }
    }

    @Test func aLockIsHeldByOneOpenFile() throws {
        try withFolder { folder in
            let first = try File(folder + "/lock", .readWrite)
            let second = try File(folder + "/lock", .readWrite)
            #expect(try first.tryLock())
            #expect(try !second.tryLock())
            first.close()
            #expect(try second.tryLock())
        }
    }

    @Test func timesAreKept() throws {
        try withFolder { folder in
            try File.replace(folder + "/a", with: .empty)
            let time = WallTime(seconds: 1_700_000_000, nanoseconds: 5)
            try File.setModified(folder + "/a", time)
            #expect(try File.status(of: folder + "/a").modified == time)
        }
    }
}
