import BlockStore
import Buffers
import Content
import Execution
import IPLD
import JSON
import Multiformats
import Testing

@testable import KuboRPC

/// Operations that call back, pulled by a connection.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ProducedLinesTests {
    @Test func linesComeInOrderAndThenTheEnd() throws {
        let lines = try produced { output in
            for number in 0..<2000 { try output.emit(.count(number)) }
        }
        var texts: [String] = []
        while let line = try lines.next() {
            texts.append(String(decoding: line.line.array, as: UTF8.self))
        }
        #expect(texts == (0..<2000).map { "\($0)\n" })
        #expect(try lines.next() == nil)
    }

    @Test func anOperationEndsWhenNobodyReadsItsLinesAnyMore() throws {
        let ended = Locked(false)
        let lines = try produced { output in
            defer { ended.withLock { $0 = true } }
            while true { try output.emit(.null) }
        }
        #expect(try lines.next() != nil)
        lines.close()
        #expect(ended.withLock { $0 })
    }

    @Test func anErrorComesAfterTheLinesBeforeIt() throws {
        let lines = try produced { output in
            try output.emit(.text("before"))
            throw RPCError.failed("broken")
        }
        #expect(try lines.next() != nil)
        #expect(throws: RPCError.self) { try lines.next() }
    }

    @Test func aDeadlineEndsAnOperationThatGivesNothing() throws {
        let end = Pending<Void>()
        let lines = ProducedLines(try invocation("refs/local?timeout=50ms"), name: "test") { _ in
            end.value()
        }
        let error = #expect(throws: ContentError.self) { try lines.next() }
        #expect(error?.code == .deadlineExceeded)
        end.fulfil(())
        lines.close()
    }

    @Test func fewBytesWaitHoweverFewTheLines() throws {
        let emitted = Locked(0)
        let line = JSONOutput.text(String(repeating: "a", count: 30 << 10))
        let lines = try produced { output in
            for _ in 0..<100 {
                try output.emit(line)
                emitted.withLock { $0 += 1 }
            }
        }
        #expect(try lines.next() != nil)
        _ = Pending<Bool>().value(by: .after(.milliseconds(200)))
        #expect(emitted.withLock { $0 } <= 6)
        var count = 1
        while try lines.next() != nil { count += 1 }
        #expect(count == 100)
    }

    @Test func aLineThatIsTooLongForTheQueueWaitsAlone() {
        var state = ProducedLines.State()
        #expect(state.hasRoom(for: .max))
        state.lines = [.null]
        #expect(!state.hasRoom(for: Limits.queuedLineBytesMax + 1))
        #expect(state.hasRoom(for: Limits.queuedLineBytesMax))
        state.byteCount = 1
        #expect(!state.hasRoom(for: Limits.queuedLineBytesMax))
        #expect(state.takeLines().count == 1 && state.lines.isEmpty && state.byteCount == 0)
    }

    /// What a long line takes counts with who has made it, so he goes on when nobody has it any more.
    @Test func whoGivesALongLineWaitsUntilItIsSent() throws {
        let isDone = Locked(false)
        let long = JSONOutput.text(String(repeating: "a", count: Limits.queuedLineBytesMax))
        let lines = try produced { output in
            try output.emitIfTaken { long }
            try output.emit(long)
            isDone.withLock { $0 = true }
            try output.emit(.text("short"))
        }
        for _ in 0..<2 {
            #expect(try lines.next()?.byteCount == long.byteCount)
            _ = Pending<Bool>().value(by: .after(.milliseconds(100)))
            #expect(!isDone.withLock { $0 })
        }
        #expect(try lines.next() != nil)
        #expect(isDone.withLock { $0 })
        #expect(try lines.next() == nil)
    }

    @Test func aLongLineThatNobodyTakesEndsTheOperation() throws {
        let ended = Pending<Bool>()
        let long = JSONOutput.text(String(repeating: "a", count: Limits.queuedLineBytesMax))
        let lines = try produced { output in
            let end = Result { try output.emit(long) }
            ended.fulfil((try? end.get()) == nil)
        }
        #expect(try lines.next() != nil)
        lines.close()
        #expect(ended.value())
    }

    /// The faults of a pin count until its line has been sent, with their texts.
    @Test func theFaultsOfAPinCountWhileTheirLineIsAtHand() throws {
        let node = try TestNode()
        let writer = BlockWriter(node.access)
        let count = 600
        let blocks = try (0..<count).map { try writer.put(Bytes(utf8: "\($0)"), naming: .init()) }
        var naming = BlockWriter.Naming()
        naming.codec = .dagPB
        let links = blocks.map { DagPBLink(cid: $0, nameBytes: .empty, tsize: 1) }
        let root = try writer.put(DagPBNode(links: links, data: nil).encode(), naming: naming)
        try Pins(node.library).add(root, for: node.access.context)
        for block in blocks { #expect(try node.store.delete(block.multihash) == .deleted) }
        let answer = try PinCommands.verify(try node.invocation("pin/verify"))
        guard case .lines(let lines) = answer else {
            Issue.record("no lines")
            return
        }
        let line = try #require(try lines.next())
        #expect(line.byteCount > Limits.queuedLineBytesMax)
        _ = Pending<Bool>().value(by: .after(.milliseconds(100)))
        // Each has the text of an error with a CID in it.
        #expect(node.library.stateMemory.budget.inUse > count * 100)
        #expect(try lines.next() == nil)
        #expect(node.library.stateMemory.budget.inUse == 0)
    }

    /// A line of `dag stat` holds the figures of all DAGs.
    @Test func progressIsNotMadeWhileSomeWaits() throws {
        let output = ProducedLines.Output(state: Monitor(ProducedLines.State()))
        var made = 0
        for _ in 0..<10 {
            try output.emitIfTaken {
                made += 1
                return .count(made)
            }
        }
        #expect(made == 1)
        output.state.notify { _ = $0.takeLines() }
        try output.emitIfTaken {
            made += 1
            return .count(made)
        }
        #expect(made == 2)
        output.state.notify { $0.isClosed = true }
        #expect(throws: RPCError.self) { try output.emitIfTaken { .null } }
    }

    private func produced(
        _ operation: @escaping @Sendable (ProducedLines.Output) throws -> Void
    ) throws -> ProducedLines {
        ProducedLines(try invocation("refs/local"), name: "test", operation: operation)
    }

    private func invocation(_ target: String) throws -> Invocation {
        let node = try TestNode()
        let call = try Call(node.request(target), hasParts: false)
        return try Invocation(
            call, of: node.request(target), library: node.library, settings: node.settings)
    }
}
