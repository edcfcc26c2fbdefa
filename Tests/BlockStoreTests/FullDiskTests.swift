import BlockStore
import Buffers
import Execution
import Glibc
import TestSupport
import Testing
import Vault

/// A disk that is full, for real and by a fault in LevelDB's log.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct FullDiskTests {
    /// Trap 2 of LevelDB: one failed append to the log, and every later write is acknowledged and
    /// lost at the next open. The store must reopen first.
    @Test(arguments: ["blocks", "meta"], [0, 1])
    func nothingAcknowledgedAfterAFailedLogWriteIsLost(database: String, half: Int) throws {
        let scratch = try ScratchStore()
        let library = try FailingLog.library(in: scratch.folder)
        let folder = scratch.folder + "/store"
        let child = try ChildProcess.run(
            BuiltProgram.path("crash-child"), [folder, "1", "--count", "60"],
            environment: [
                "LD_PRELOAD": library, "FAIL_PATH": "/\(database)/",
                // Nobody waits for the index: its first write is the one that is sure to come.
                "FAIL_AT": database == "blocks" ? "12" : "0",
                "FAIL_HALF": "\(half)",
            ])
        #expect(child.exitCode == 0, "\(child.errorText)")
        #expect(child.errorText.contains("fault"))
        var acknowledged = Acknowledgements()
        acknowledged.read(child.outputText)
        // A failed write to blocks/ must show; one to meta/ may meet the index alone.
        if database == "blocks" { #expect(acknowledged.errors.count > 0) }
        #expect(acknowledged.blocks.count == 60)
        #expect(acknowledged.pins.count == 60)
        var options = scratch.options
        options.folder = folder
        try acknowledged.check(try BlockStore.open(options))
    }

    @Test func theReserveIsRefusedToAppendsAndNotToDeletes() throws {
        let scratch = try ScratchStore()
        let block = try VerifiedBlock(sample: 1)
        do {
            let store = try scratch.open()
            try store.append([block], by: soon())
            try store.pin(block.cid, mode: .direct, name: "", by: soon())
            store.close()
        }
        let free = try File.freeByteCount(at: scratch.folder)
        var options = scratch.options
        options.reserveByteCount = Int(free) + (1 << 40)
        let store = try BlockStore.open(options)
        let error = try #require(throws: BlockStoreError.self) {
            try store.append([try VerifiedBlock(sample: 2)], by: soon())
        }
        guard case .diskFull(let missing) = error.code else {
            Issue.record("\(error)")
            return
        }
        #expect(missing > 1 << 39)
        #expect(error.message.contains("free space"))
        #expect(throws: BlockStoreError.self) {
            try store.pin(block.cid, mode: .recursive, name: "", by: soon())
        }
        try store.unpin(block.cid, by: soon())
        #expect(try store.get(block.multihash) == block.bytes)
        #expect(try store.delete(block.multihash) == .deleted)
        // What is there already needs no space.
        #expect(store.statistics.blockCount == 0)
    }

    @Test(.enabled(if: TestScale.mayMount, "mounting needs root"))
    func aFullDiskIsReportedAndLeftByItselfWhenSpaceIsBack() throws {
        let disk = try SmallDisk(mebibytes: 12)
        var options = BlockStoreOptions(folder: disk.path + "/store")
        options.makesIfMissing = true
        options.reserveByteCount = 0
        options.logWriteBufferByteCount = 1 << 20
        options.metaWriteBufferByteCount = 64 << 10
        options.reopenDelay = .milliseconds(10)
        let store = try BlockStore.open(options)
        try File.replace(disk.path + "/ballast", with: Bytes([UInt8](repeating: 1, count: 4 << 20)))
        let (stored, error) = try fill(store)
        guard case .diskFull = error.code else {
            Issue.record("\(error)")
            return
        }
        for block in stored { #expect(try store.get(block.multihash) == block.bytes) }
        try File.remove(disk.path + "/ballast")
        let more = try VerifiedBlock(sample: 1_000_000)
        try retrying { try store.append([more], by: soon()) }
        store.close()
        let again = try BlockStore.open(options)
        for block in stored + [more] { #expect(try again.get(block.multihash) == block.bytes) }
        guard case .writable = again.health else {
            Issue.record("\(again.health)")
            return
        }
        again.close()
    }

    /// Appends until the store refuses.
    private func fill(_ store: BlockStore) throws -> ([VerifiedBlock], BlockStoreError) {
        var stored: [VerifiedBlock] = []
        for number in 0..<100_000 {
            let block = try VerifiedBlock(sample: number, byteCount: 50_000)
            do {
                try store.append([block], by: soon())
                stored.append(block)
            } catch {
                return (stored, error)
            }
        }
        throw FileError(operation: "fill", path: store.options.folder, number: 0)
    }

    private func retrying(_ body: () throws -> Void) throws {
        for _ in 0..<1000 {
            do { return try body() } catch is BlockStoreError {
                pause(for: .milliseconds(10))
            }
        }
        try body()
    }
}

/// A library that makes one write to a LevelDB log fail, as a full disk does.
enum FailingLog {
    static func library(in folder: String) throws -> String {
        let source = folder + "/fault.c"
        let library = folder + "/fault.so"
        try File.replace(source, with: Bytes(utf8: code))
        let compiler = try ChildProcess.run(
            "cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
        guard compiler.exitCode == 0 else {
            throw ToolError(tool: "cc", text: compiler.errorText)
        }
        return library
    }

    private static let code = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static atomic_int seen;
        ssize_t write(int fd, const void *data, size_t count) {
            ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length > 4) {
                path[length] = 0;
                if (strcmp(path + length - 4, ".log") == 0 && strstr(path, getenv("FAIL_PATH"))
                    && atomic_fetch_add(&seen, 1) == atoi(getenv("FAIL_AT"))) {
                    if (atoi(getenv("FAIL_HALF"))) real(fd, data, count / 2);
                    real(2, "fault\\n", 6);
                    errno = ENOSPC;
                    return -1;
                }
            }
            return real(fd, data, count);
        }
        """
}

/// A small file system in memory.
final class SmallDisk {
    let path: String

    init(mebibytes: Int) throws {
        path = try File.makeTemporaryFolder(prefix: "holdfast-small-")
        let mount = try ChildProcess.run(
            "mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path])
        guard mount.exitCode == 0 else { throw ToolError(tool: "mount", text: mount.errorText) }
    }

    deinit {
        _ = try? ChildProcess.run("umount", ["-l", path])
        try? File.removeFolder(path)
    }
}

/// A program that a test needs failed or is missing.
struct ToolError: Error {
    let tool: String
    let text: String
}
