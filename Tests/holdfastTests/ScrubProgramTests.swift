import Buffers
import TestSupport
import Testing

/// `holdfast scrub`, with a node and without.
@Suite(.timeLimit(.minutes(40)))
struct ScrubProgramTests {
    @Test func withoutANodeItSaysSoAndTellsWhatIsKnown() throws {
        let place = try TestPlace()
        let status = try place.run("scrub", "status")
        #expect(status.exitCode == 0, "\(status.errorText)")
        #expect(status.outputText == "scrubber:      no node is running\nlast full run: none\n")
        let now = try place.run("scrub", "now")
        #expect(now.exitCode == 1)
        #expect(now.outputText == "")
        #expect(now.errorText.hasPrefix("Error: no node is running"))
    }

    @Test func aNodeReadsItsBlocksWhenItIsAskedTo() throws {
        let place = try TestPlace()
        _ = try place.run("add", input: Bytes(utf8: "x"))
        let node = try RunningNode(place)
        let now = try place.run("scrub", "now")
        #expect(now.exitCode == 0, "\(now.errorText)")
        #expect(now.outputText.contains("`holdfast scrub status`"))
        let isDone = try comesTrue {
            let status = try place.run("scrub", "status").outputText
            return status.contains("scrubber:      waits for its next run\n")
                && status.contains("  checked:")
        }
        #expect(isDone)
        let status = try place.run("scrub", "status").outputText
        #expect(status.contains("  damaged:     0\n"))
        #expect(try place.run("shutdown").exitCode == 0)
        _ = node
        // The cursor tells it without the node.
        #expect(try place.run("scrub", "status").outputText.contains("  damaged:     0\n"))
    }
}
