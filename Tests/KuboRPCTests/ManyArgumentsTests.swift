import BlockStore
import Buffers
import Content
import Execution
import HTTPServer
import Multiformats
import TestSupport
import Testing

@testable import KuboRPC

/// Commands with as many arguments or pins as somebody likes.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ManyArgumentsTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    private var inUse: Int {
        node.library.stateMemory.budget.inUse + node.library.entryMemory.budget.inUse
    }

    private func cids(_ count: Int) -> [CID] {
        (0..<count).map { number in
            let digest = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
            return .v1(.raw, Multihash(code: .sha2_256, digest: Bytes(digest)))
        }
    }

    private func upload(_ target: String, _ cids: [CID]) throws -> RawAnswerMessage {
        let lines = cids.map { $0.text() + "\n" }.joined()
        return try node.upload(target, [Part(content: Array(lines.utf8))])
    }

    @Test func removalsAreAnsweredInOrderWhateverTheirNumber() throws {
        let cids = cids(Limits.removalsAtOnceMax + 5)
        let answer = try upload("block/rm?force=true", cids)
        #expect(answer.isComplete)
        let expected = cids.map { "{\"Hash\":\"\($0.text())\"}\n" }.joined()
        #expect(answer.text == expected)
        let quiet = try upload("block/rm?quiet=true", Array(cids.suffix(3)))
        #expect(quiet.text.split(separator: "\n").count == 3)
        node.listener.stop()
        #expect(inUse == 0)
    }

    /// All at once they would have more than the node may use; each keeps its list in a file meanwhile.
    @Test func callsWithLongListsGoOneAfterTheOther() throws {
        let budget = node.library.argumentBudget
        #expect(budget.tryAcquire(budget.limit))
        let (state, entries) = (node.library.stateMemory.budget, node.library.entryMemory.budget)
        let heldWhileItWaited = Pending<Int>()
        let thread = Thread(name: "others") {
            let deadline = soon()
            while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            heldWhileItWaited.fulfil(state.inUse + entries.inUse)
            budget.release(budget.limit)
        }
        // A short one waits for nobody; a long one does.
        #expect(try upload("block/rm?force=true", cids(1_000)).isComplete)
        let count = 2 * Limits.shortArgumentsBytesMax / 59
        #expect(try upload("block/rm?force=true", cids(count)).isComplete)
        #expect(heldWhileItWaited.value() == 0)
        thread.join()
        node.listener.stop()
        #expect(budget.inUse == 0)
    }

    /// Each CID is answered with a line, so that the client cannot have all of the answer at once.
    @Test func whoTakesNothingOfALongAnswerGivesWay() throws {
        let budget = node.library.argumentBudget
        let lines = cids(60_000).map { $0.text() + "\n" }.joined()
        let client = RawClient(port: node.port, from: 2, patience: 30, receiveByteCount: 4_096)
        let body = Part.body([Part(content: Array(lines.utf8))])
        client.send(
            "POST /api/v0/refs HTTP/1.1\r\nHost: 127.0.0.1:\(node.port)\r\nContent-Length: "
                + "\(body.count)\r\nContent-Type: multipart/form-data; boundary=\(Part.boundary)\r\n\r\n"
        )
        client.send(body)
        #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
        let held = budget.inUse
        #expect(held > 0)
        let rest = budget.limit - held
        #expect(budget.tryAcquire(rest))
        let count = 2 * Limits.shortArgumentsBytesMax / 59
        #expect(try upload("block/rm?force=true", cids(count)).isComplete)
        budget.release(rest)
        withExtendedLifetime(client) {}
        node.listener.stop()
        #expect(budget.inUse == 0)
    }

    @Test func theCIDsOfArgumentsAreCounted() throws {
        let query = cids(2000).map { "arg=\($0.text())" }.joined(separator: "&")
        do {
            let arguments = try node.invocation("pin/rm?" + query).cids()
            #expect(arguments.cids == cids(2000))
            #expect(inUse >= 2000 * MemoryLayout<CID>.stride - (64 << 10))
            withExtendedLifetime(arguments) {}
        }
        #expect(inUse == 0)
    }

    @Test func pinsOfManyArgumentsAreListedOnceAndInOrder() throws {
        let cids = cids(3000)
        try node.store.pin(cids, mode: .recursive, name: "many", by: .never)
        let answer = try upload("pin/ls", cids.reversed() + cids)
        let expected = cids.map { $0.text() }.sorted().map {
            "\"\($0)\":{\"Type\":\"recursive\",\"Name\":\"\"}"
        }
        #expect(answer.text == "{\"Keys\":{\(expected.joined(separator: ","))}}\n")
        let lines = try upload("pin/ls?stream=true", cids + cids.prefix(1))
        #expect(lines.text.split(separator: "\n").count == 3001)
        let removed = try upload("pin/rm", cids)
        #expect(
            removed.text
                == "{\"Pins\":[\(cids.map { "\"\($0.text())\"" }.joined(separator: ","))]}\n")
        node.listener.stop()
        #expect(inUse == 0)
    }

    /// Each pin is broken, so each has a line.
    @Test func pinsAreVerifiedPageByPage() throws {
        let cids = cids(3000)
        try node.store.pin(cids, mode: .recursive, name: "", by: .never)
        let answer = try node.call("pin/verify")
        #expect(answer.isComplete)
        #expect(
            try AnyJSON.lines(answer.text).compactMap { $0["Cid"]?.text }.sorted()
                == cids.map { $0.text() }.sorted())
        node.listener.stop()
        #expect(inUse == 0)
    }

    @Test func statisticsOfManyDAGsAreOneValue() throws {
        let root = "bafkqac3imvwgy3zao5xxe3de"
        let lines = String(repeating: root + "\n", count: Limits.progressDAGsMax + 1)
        let answer = try node.upload(
            "dag/stat?progress=true", [Part(content: Array(lines.utf8))])
        let values = try AnyJSON.lines(answer.text)
        #expect(values.count == 1)
        #expect(values.last?["DagStats"]?.elements?.count == Limits.progressDAGsMax + 1)
    }
}
