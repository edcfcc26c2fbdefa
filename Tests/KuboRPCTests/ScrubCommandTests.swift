import BlockStore
import Buffers
import Execution
import JSON
import Multiformats
import TestSupport
import Testing
import Vault

@testable import KuboRPC

/// What the RPC tells of the search for damaged blocks, with a node that runs and without.
@Suite(.timeLimit(.minutes(40)))
struct ScrubCommandTests {
    private func call(
        _ name: String, of node: TestNode, _ scrubber: FollowerRunner<Scrubber>? = nil
    ) throws -> JSONValue {
        let request = try node.request(name)
        var settings = node.settings
        settings.scrubber = scrubber
        let invocation = try Invocation(
            try Call(request, hasParts: false), of: request, library: node.library,
            settings: settings)
        let command = try #require(Commands.all[name])
        guard case .query(let run) = command, case .value(let value) = try run(invocation) else {
            throw RPCError.failed("no value")
        }
        var writer = ByteWriter()
        value.write(to: &writer)
        return try JSONReader.read(writer.finish())
    }

    private func append(to store: BlockStore) throws {
        let block = try VerifiedBlock(
            hashing: Bytes(utf8: "hello"), codec: .raw, function: .sha2_256)
        try store.append([block], by: soon())
    }

    @Test func aRunThatIsAskedForIsTold() throws {
        let clock = ManualClock()
        let node = try TestNode()
        try append(to: node.store)
        let scrubber = FollowerRunner(Scrubber(every: nil), on: node.store, clock: clock)
        defer { scrubber.stop(by: soon()) }
        scrubber.start()
        #expect(clock.rest() == .until(nil))
        #expect(try call("scrub/status", of: node, scrubber)["State"]?.text == "off")
        #expect(try call("scrub/status", of: node, scrubber)["LastRun"] == .null)
        #expect(try call("scrub/now", of: node, scrubber)["Begun"]?.truth == true)
        #expect(comesTrue { scrubber.status.follower.lastRun != nil })
        let last = try #require(try call("scrub/status", of: node, scrubber)["LastRun"])
        #expect(last["Checked"]?.unsigned == 1)
        #expect(last["CheckedBytes"]?.unsigned == 5)
        #expect(last["Damaged"]?.unsigned == 0)
        #expect(last["Began"]?.text == "2023-11-14T22:13:20Z")
    }

    @Test func withoutANodeTheCursorTellsAndNothingBegins() throws {
        let node = try TestNode()
        let status = try call("scrub/status", of: node)
        #expect(status["State"]?.text == "stopped")
        #expect(status["Run"] == .null && status["LastRun"] == .null)
        let error = #expect(throws: RPCError.self) { try call("scrub/now", of: node) }
        #expect(error?.message.contains("no node is running") == true)
    }
}
