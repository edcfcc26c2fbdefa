import Buffers
import Execution
import FoundationEssentials
import Glibc
import HTTP
import HTTPClient
import TestSupport
import Testing

/// Kills whole nodes while clients add files, and looks whether anything that was acknowledged is
/// gone or comes back different.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct CrashTests {
    /// 100 crashes in release, fewer in the slower debug build; `HOLDFAST_TEST_CRASHES` overrides.
    private static var crashCount: Int {
        #if DEBUG
            let usual = 20
        #else
            let usual = 100
        #endif
        let wanted = ProcessInfo.processInfo.environment["HOLDFAST_TEST_CRASHES"]
        return wanted.flatMap { Int($0) } ?? usual
    }

    @Test func killedNodesLoseNothingAndServeNothingWrong() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-crash-")
        defer { try? File.removeTree(folder) }
        let home = folder + "/home"
        try makeRepository(home)
        var random = SeededRandom(seed: 11)
        var all: [AddedFile] = []
        for cycle in 0..<Self.crashCount {
            let node = try NodeProcess(home: home)
            let adders = try Adders(node, firstSeed: cycle * 10_000)
            pause(.microseconds(5_000 + random.below(250_000)))
            node.kill()
            all += adders.finish()
            if cycle % 10 == 9 { try check(all.suffix(200), at: home) }
        }
        #expect(all.count > Self.crashCount, "the nodes died before they acknowledged anything")
        try check(all[...], at: home)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
    func nodesLoseNothingWhenThePowerIsCut() throws {
        let disk = try PowerCutDisk(mebibytes: 1_200)
        let home = disk.mountPoint + "/home"
        try makeRepository(home)
        var random = SeededRandom(seed: 12)
        var all: [AddedFile] = []
        for cycle in 0..<max(4, Self.crashCount / 10) {
            let node = try NodeProcess(home: home)
            let adders = try Adders(node, firstSeed: cycle * 10_000)
            pause(.microseconds(50_000 + random.below(400_000)))
            // What is acknowledged while the cut is going on proves nothing: XFS may report an
            // overlapping fdatasync as done although its transaction is dropped.
            let certain = adders.acknowledged
            try disk.cutPower()
            node.kill()
            _ = adders.finish()
            try disk.remount()
            all += certain
            try check(certain[...], at: home)
        }
        #expect(all.count > 0, "the power was cut before anything was acknowledged")
        try check(all[...], at: home)
    }

    private func makeRepository(_ home: String) throws {
        let process = try ChildProcess.run(
            BuiltProgram.path("holdfast"), ["init"], environment: ["HOLDFAST_HOME": home])
        try #require(process.exitCode == 0, "\(process.errorText)")
    }

    /// Every file must be pinned, and come back through the gateway byte by byte.
    private func check(_ files: ArraySlice<AddedFile>, at home: String) throws {
        let node = try NodeProcess(home: home)
        defer { node.stop() }
        for file in files {
            let answer = try node.gateway.fetch(
                ClientRequest(.get, "/ipfs/\(file.cid)"), upTo: 4 << 20)
            #expect(answer.status == .ok, "\(file.cid) was acknowledged and is gone")
            #expect(answer.body == file.contents, "\(file.cid) came back with other bytes")
            #expect(try node.isPinned(file.cid), "the pin of \(file.cid) is gone")
        }
    }

    private func pause(_ duration: Duration) {
        _ = Monitor(()).wait(by: .after(duration)) { _ in nil as Bool? }
    }
}

/// A file whose contents follow from its number.
struct AddedFile: Sendable {
    let cid: String
    let seed: Int

    var contents: Bytes { Self.contents(seed) }

    static func contents(_ seed: Int) -> Bytes {
        var random = SeededRandom(seed: UInt64(seed))
        // Mostly small files, some of several chunks.
        let byteCount = random.below(4) == 0 ? random.below(700_000) : random.below(5_000)
        var writer = ByteWriter(capacity: byteCount + 8)
        while writer.count < byteCount { writer.appendLittleEndian(random.next()) }
        return writer.finish().prefix(byteCount)
    }
}

/// Two clients that add one file after the other until their node dies.
private final class Adders {
    private let added = Locked<[AddedFile]>([])
    private let threads: [Execution.Thread]

    init(_ node: NodeProcess, firstSeed: Int) throws {
        let added = added
        threads = (0..<2).map { lane in
            let rpc = node.rpc
            return Thread(name: "adder-\(lane)") {
                for number in 0..<5_000 {
                    let seed = firstSeed + number * 2 + lane
                    guard let cid = NodeProcess.add(AddedFile.contents(seed), to: rpc) else {
                        return
                    }
                    added.withLock { $0.append(AddedFile(cid: cid, seed: seed)) }
                }
            }
        }
    }

    /// What has been acknowledged so far.
    var acknowledged: [AddedFile] { added.withLock { $0 } }

    /// Waits for the clients to notice, and gives everything that was acknowledged.
    func finish() -> [AddedFile] {
        for thread in threads { thread.join() }
        return acknowledged
    }
}
