import Buffers
import Content
import Execution
import Testing

@testable import KuboRPC

/// Operations that call back, pulled by a connection.
@Suite(.serialized, .timeLimit(.minutes(20)))
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
        let target = "refs/local?timeout=50ms"
        let invocation = try invocation(target)
        let context = invocation.context
        let lines = ProducedLines(invocation, name: "test") { _ in
            let nothing = Pending<Bool>()
            while true {
                try context.checkNow()
                _ = nothing.value(by: .after(.milliseconds(5)))
            }
        }
        let error = #expect(throws: ContentError.self) { try lines.next() }
        #expect(error?.code == .deadlineExceeded)
        lines.close()
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
