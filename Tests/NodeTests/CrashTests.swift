import Buffers
import Execution
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
        return TestScale.crashCount(usual: usual)
    }

    @Test func killedNodesLoseNothingAndServeNothingWrong() throws {
        let place = try TestPlace()
        var random = SeededRandom(seed: 11)
        var all: [AddedFile] = []
        for cycle in 0..<Self.crashCount {
            let node = try RunningNode(place)
            let adders = try Adders(node, firstSeed: cycle * 10_000)
            if cycle % 2 == 0 { adders.waitForAcknowledgement() }
            pause(for: .microseconds(5_000 + random.below(250_000)))
            node.kill()
            all += adders.finish()
            if cycle % 10 == 9 { try check(all.suffix(200), in: place) }
        }
        #expect(
            all.count >= Self.crashCount / 2, "the nodes died before they acknowledged anything")
        try check(all[...], in: place)
    }

    @Test(.enabled(if: TestScale.mayMount, "mounting needs root"))
    func nodesLoseNothingWhenThePowerIsCut() throws {
        let disk = try PowerCutDisk(mebibytes: 1_200)
        let place = try TestPlace(home: disk.mountPoint + "/home")
        var random = SeededRandom(seed: 12)
        var all: [AddedFile] = []
        for cycle in 0..<max(4, Self.crashCount / 10) {
            let node = try RunningNode(place)
            let adders = try Adders(node, firstSeed: cycle * 10_000)
            if cycle % 2 == 0 { adders.waitForAcknowledgement() }
            pause(for: .microseconds(50_000 + random.below(400_000)))
            // What is acknowledged while the cut is going on proves nothing: XFS may report an
            // overlapping fdatasync as done although its transaction is dropped.
            let certain = adders.acknowledged
            try disk.cutPower()
            node.kill()
            _ = adders.finish()
            try disk.remount()
            all += certain
            try check(certain[...], in: place)
        }
        #expect(all.count > 0, "the power was cut before anything was acknowledged")
        try check(all[...], in: place)
    }

    /// Every file must be pinned, and come back through the gateway byte by byte.
    private func check(_ files: ArraySlice<AddedFile>, in place: TestPlace) throws {
        let node = try RunningNode(place)
        defer { node.stop() }
        for file in files {
            let answer = try node.gateway.fetch(
                ClientRequest(.get, "/ipfs/\(file.cid)"), upTo: 4 << 20)
            #expect(answer.status == .ok, "\(file.cid) was acknowledged and is gone")
            #expect(answer.body == file.contents, "\(file.cid) came back with other bytes")
            #expect(try node.rpc.isPinned(file.cid), "the pin of \(file.cid) is gone")
        }
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

    init(_ node: RunningNode, firstSeed: Int) throws {
        let added = added
        threads = (0..<2).map { lane in
            let rpc = node.rpc
            return Thread(name: "adder-\(lane)") {
                for number in 0..<5_000 {
                    let seed = firstSeed + number * 2 + lane
                    guard let cid = rpc.add(AddedFile.contents(seed)) else {
                        return
                    }
                    added.withLock { $0.append(AddedFile(cid: cid, seed: seed)) }
                }
            }
        }
    }

    /// What has been acknowledged so far.
    var acknowledged: [AddedFile] { added.withLock { $0 } }

    /// Waits until something has been acknowledged: on a slow machine the crash would come before.
    func waitForAcknowledgement() {
        let deadline = soon()
        while acknowledged.isEmpty, !deadline.hasPassed { pause(for: .milliseconds(1)) }
    }

    /// Waits for the clients to notice, and gives everything that was acknowledged.
    func finish() -> [AddedFile] {
        for thread in threads { thread.join() }
        return acknowledged
    }
}
