import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport
import Testing

/// A whole node on a disk that an add fills up.
@Suite(.timeLimit(.minutes(40)))
struct FullDiskTests {
    @Test(.enabled(if: TestScale.mayMount, "mounting needs root"))
    func anAddThatFillsTheDiskIsRefusedAndNothingIsLost() throws {
        let disk = try PowerCutDisk(mebibytes: 320)
        let place = try TestPlace(home: disk.mountPoint + "/home")
        let ballast = disk.mountPoint + "/ballast"
        #expect(try place.shell("head -c 120M /dev/zero > \(ballast)").exitCode == 0)
        let node = try RunningNode(place)
        let before = try add("what was acknowledged before\n", at: place)

        let filling = try place.shell("head -c 400M /dev/urandom | holdfast add -Q")
        #expect(filling.exitCode == 1)
        #expect(filling.errorText.contains("is full"), "\(filling.errorText)")
        #expect(filling.outputText == "")
        #expect(try node.page("/ipfs/\(before)").status == .ok)

        #expect(try place.shell("rm \(ballast)").exitCode == 0)
        // A compaction may have failed as well: LevelDB tells so at the next write, and the node
        // reopens the database a second later.
        let deadline = soon()
        var after = try? add("what is acknowledged afterwards\n", at: place)
        while after == nil, !deadline.hasPassed {
            pause(for: .milliseconds(100))
            after = try? add("what is acknowledged afterwards\n", at: place)
        }
        let pins = try place.run("pin", "ls", "--type=recursive", "-q").outputText
        #expect(Set(pins.split(separator: "\n").map(String.init)) == [before, try #require(after)])
        #expect(node.stop() == 0)

        let restarted = try RunningNode(place)
        let texts = try [before, try #require(after)].map {
            try restarted.page("/ipfs/\($0)").body.utf8Text
        }
        #expect(texts == ["what was acknowledged before\n", "what is acknowledged afterwards\n"])
        #expect(restarted.stop() == 0)
    }

    private func add(_ text: String, at place: TestPlace) throws -> String {
        let added = try place.run("add", "-Q", input: Bytes(utf8: text))
        guard added.exitCode == 0 else { throw AddFailed(text: added.errorText) }
        return String(added.outputText.dropLast())
    }

    private struct AddFailed: Error {
        let text: String
    }
}
