import Buffers
import Execution
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
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

    @Test func aSecondNameKeepsWhatTheFirstOneHad() throws {
        try withFolder { folder in
            try File.replace(folder + "/a", with: Bytes(utf8: "one"))
            try File.link(folder + "/a", to: folder + "/b")
            try File.replace(folder + "/a", with: Bytes(utf8: "two"))
            #expect(try File.readAll(folder + "/a", limit: 10).utf8Text == "two")
            #expect(try File.readAll(folder + "/b", limit: 10).utf8Text == "one")
            let error = #expect(throws: FileError.self) {
                try File.link(folder + "/a", to: folder + "/b")
            }
            #expect(error?.isExisting == true)
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

    /// A command that ends and the signal that ends it remove the same tree.
    @Test func aTreeThatTwoRemoveAtOnceIsNoError() throws {
        try withFolder { folder in
            let tree = folder + "/t"
            for _ in 0..<20 {
                for name in 0..<100 { try File.makeFolder("\(tree)/\(name)/below") }
                let errors = Locked<[FileError]>([])
                let threads = (0..<2).map { index in
                    Thread(name: "remove-\(index)") {
                        do throws(FileError) {
                            try File.removeTree(tree)
                        } catch {
                            errors.withLock { $0.append(error) }
                        }
                    }
                }
                for thread in threads { thread.join() }
                #expect(errors.withLock { $0 } == [])
                #expect(try !File.exists(tree))
            }
            try File.removeTree(tree)
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

    /// A pipe of which somebody has said that it does not block: that is true for all who have it.
    private func makePipe() throws -> (reader: File, writer: File, isReady: (Int32) -> Bool) {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        let (reader, writer) = (ends[0], ends[1])
        return (
            File(descriptor: reader, name: "reader"), File(descriptor: writer, name: "writer"),
            { event in
                let end = event == POLLIN ? reader : writer
                var entry = pollfd(fd: end, events: Int16(event), revents: 0)
                return unsafe poll(&entry, 1, 0) > 0
            }
        )
    }

    /// Runs on another thread; tells with which error it has ended.
    private func start(_ body: @escaping @Sendable () throws -> Void) -> Pending<String> {
        let outcome = Pending<String>()
        _ = Thread(name: "file-test") {
            do {
                try body()
                outcome.fulfil("no error")
            } catch {
                outcome.fulfil("\(error)")
            }
        }
        return outcome
    }

    @Test func aFullPipeThatDoesNotBlockIsWaitedFor() throws {
        let (reader, writer, isReady) = try makePipe()
        let sent = Bytes([UInt8](repeating: 7, count: 1 << 20))
        let outcome = start { try writer.write(sent) }
        while isReady(POLLOUT) { Thread.yield() }
        #expect(try reader.readFully(sent.count) == sent)
        #expect(outcome.value(by: soon()) == "no error")
    }

    @Test func anEmptyPipeThatDoesNotBlockIsWaitedFor() throws {
        for isWhole in [true, false] {
            let (reader, writer, isReady) = try makePipe()
            let outcome = start {
                let read = isWhole ? try reader.readFully(1) : try reader.read(upTo: 1)
                #expect(read == "a")
                #expect(try reader.readFully(2) == "bc")
            }
            for piece: Bytes in ["a", "b", "c"] {
                try writer.write(piece)
                // Until it was taken, and more is waited for.
                while isReady(POLLIN), outcome.value(by: .after(.zero)) == nil { Thread.yield() }
            }
            #expect(outcome.value(by: soon()) == "no error")
        }
    }

    /// Standard input may be that of a pipe. Nothing will ever be there to read, so the read is an
    /// error at once.
    @Test func theEndForWritingIsNotWaitedFor() throws {
        let (reader, writer, _) = try makePipe()
        #expect(try !reader.isReadable(within: .zero))
        #expect(try writer.isReadable(within: .zero))
        let error = #expect(throws: FileError.self) { try writer.read(upTo: 1) }
        #expect(error?.description == "read writer: bad file descriptor")
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
