import BlockStore
import Buffers
import Execution
import TestSupport
import Testing

/// The fence around LevelDB's C handle.
@Suite(.timeLimit(.minutes(40)))
struct DatabaseTests {
    private func withDatabase(_ body: (LevelDatabase) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-leveldb-")
        defer { try? File.removeTree(folder) }
        let settings = DatabaseSettings.meta(writeBufferByteCount: 1 << 16, openFileCountMax: 100)
        try body(try LevelDatabase(folder, settings, makesIfMissing: true))
    }

    @Test func valuesComeBackAndGoAway() throws {
        try withDatabase { database in
            var batch = WriteBatch()
            batch.put(Key([1]), Bytes(utf8: "one"))
            batch.put(Key([2]), Bytes(utf8: "two"))
            try database.write(batch, isSynced: true)
            #expect(try database.value(for: Key([1])) == Bytes(utf8: "one"))
            batch.clear()
            batch.delete(Key([1]))
            try database.write(batch, isSynced: false)
            #expect(try database.value(for: Key([1])) == nil)
            #expect(try database.value(for: Key([2])) == Bytes(utf8: "two"))
        }
    }

    @Test func aPayloadIsLetGoOfWhenItIsInTheBatch() throws {
        let isGone = Locked(false)
        let payload = Bytes([UInt8](repeating: 7, count: 1 << 20)).copy {
            isGone.withLock { $0 = true }
        }
        var batch = WriteBatch()
        batch.put(Key([1]), header: Bytes(utf8: "head"), payload: consume payload)
        #expect(isGone.withLock { $0 })
        try withDatabase { database in
            try database.write(batch, isSynced: false)
            #expect(try database.value(for: Key([1]))?.count == (1 << 20) + 4)
        }
    }

    @Test func anIteratorWalksInOrder() throws {
        try withDatabase { database in
            var batch = WriteBatch()
            for byte in [5, 1, 3] as [UInt8] { batch.put(Key([byte]), [byte]) }
            try database.write(batch, isSynced: false)
            let iterator = try database.makeIterator()
            iterator.seek(Key([2]))
            var seen: [[UInt8]] = []
            while iterator.isValid {
                #expect(iterator.value.array == iterator.key.bytes)
                seen.append(iterator.key.bytes)
                iterator.next()
            }
            try iterator.check()
            #expect(seen == [[3], [5]])
            iterator.seekToLast()
            #expect(iterator.key == Key([5]))
        }
    }

    @Test func aClosedDatabaseRefusesCalls() throws {
        try withDatabase { database in
            database.close()
            database.close()
            #expect(throws: DatabaseError.self) { try database.value(for: Key([1])) }
            #expect(throws: DatabaseError.self) {
                try database.write(WriteBatch(), isSynced: false)
            }
            #expect(database.property("leveldb.stats") == nil)
            database.flush()
        }
    }

    @Test func closingWaitsForAnIterator() throws {
        try withDatabase { database in
            var batch = WriteBatch()
            batch.put(Key([1]), Bytes(utf8: "one"))
            try database.write(batch, isSynced: false)
            let isClosed = Locked(false)
            let thread: Thread
            do {
                let iterator = try database.makeIterator()
                thread = Thread(name: "closer") {
                    database.close()
                    isClosed.withLock { $0 = true }
                }
                // Refused from the moment on at which the close has begun.
                while (try? database.value(for: Key([1]))) != nil { Thread.yield() }
                #expect(!isClosed.withLock { $0 })
                iterator.seek(Key([1]))
                let isValid = iterator.isValid
                #expect(isValid)
            }
            thread.join()
            #expect(isClosed.withLock { $0 })
        }
    }

    @Test func readersAndACloseAtTheSameTimeAreSafe() throws {
        for _ in 0..<20 {
            try withDatabase { database in
                var batch = WriteBatch()
                batch.put(Key([1]), Bytes(utf8: "one"))
                try database.write(batch, isSynced: false)
                let readers = (0..<4).map { index in
                    Thread(name: "reader-\(index)") {
                        while (try? database.value(for: Key([1]))) != nil {}
                    }
                }
                Thread.yield()
                database.close()
                for reader in readers { reader.join() }
            }
        }
    }

    @Test(arguments: [
        ("Corruption: block checksum mismatch", DatabaseError.Kind.corruption),
        ("IO error: /a/000003.log: No space left on device", .inputOutput),
        ("IO error: lock /a/LOCK: Resource temporarily unavailable", .locked),
        ("IO error: lock /a/LOCK: already held by process", .locked),
        ("Invalid argument: /a: does not exist", .other),
    ])
    func statusTextsBecomeKinds(text: String, kind: DatabaseError.Kind) {
        let error = DatabaseError(statusText: text)
        #expect(error.kind == kind)
        #expect(error.message == text)
        #expect(error.isOwnLock == text.contains("already held"))
    }
}
