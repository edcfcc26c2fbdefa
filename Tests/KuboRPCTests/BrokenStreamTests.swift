import BlockStore
import Buffers
import Content
import Multiformats
import TestSupport
import Testing

@testable import KuboRPC

/// What a client sees when an answer breaks off after its first byte.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct BrokenStreamTests {
    @Test func rawBytesBreakOffWithoutTheLastChunk() throws {
        let node = try TestNode()
        let added = try node.upload(
            "add?chunker=size-65536&raw-leaves=true",
            [Part(content: (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 65_536) })])
        let root = try #require(AnyJSON.lines(added.text).last?["Hash"]?.text)
        try node.removeLast(below: root)
        for target in ["cat?arg=\(root)", "dag/export?arg=\(root)", "get?arg=\(root)"] {
            let answer = try node.call(target)
            #expect(answer.status == 200, "\(target)")
            #expect(!answer.isComplete, "\(target)")
            #expect(answer.body.count > 65_536 && answer.body.count < 1_000_000, "\(target)")
            #expect(answer.trailers.isEmpty)
        }
    }

    @Test func linesBreakOffWithTheErrorAsTheLastLine() throws {
        let node = try TestNode()
        let files = (0..<300).map { Part.file("d/\($0 + 100)", "content \($0)") }
        let added = try node.upload("add", files)
        let root = try #require(AnyJSON.lines(added.text).last?["Hash"]?.text)
        let missing = try node.removeLast(below: root)
        let answer = try node.call("ls?stream=true&arg=\(root)")
        #expect(answer.status == 200)
        #expect(!answer.isComplete)
        let lines = try AnyJSON.lines(answer.text)
        #expect(lines.count == 300)
        #expect(lines.last?["Type"]?.text == "error")
        #expect(
            lines.last?["Message"]?.text
                == "block was not found locally (offline): ipld: could not find \(missing)")
    }

    /// The blocks that are gone have their lines, those of the step that failed say that nobody knows, and the
    /// others have none.
    @Test func aRemovalThatBreaksOffSaysWhatIsGone() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try TestNode(disk: disk)
        let writer = BlockWriter(node.access)
        let cids = try (0..<3 * 2_048).map {
            try writer.put(Bytes(utf8: "block \($0)"), naming: .init())
        }
        try writer.finish()
        // That waits for the index: what is written next is the removal.
        try node.store.forEachBlock { _, _ in false }
        let lines = cids.map { $0.text() + "\n" }.joined()
        disk.cutPower(atWrite: 2)
        let answer = try node.upload("block/rm", [Part(content: Array(lines.utf8))])
        #expect(answer.status == 200 && !answer.isComplete)
        let values = try AnyJSON.lines(answer.text)
        #expect(values.last?["Type"]?.text == "error")
        let removed = values.prefix { $0.keys == ["Hash"] }
        #expect(removed.map { $0["Hash"]?.text } == cids.prefix(2_048).map { $0.text() })
        let doubtful = values.dropFirst(removed.count).dropLast()
        #expect(doubtful.isEmpty || doubtful.count == 2_048)
        for (value, cid) in zip(doubtful, cids.dropFirst(removed.count)) {
            #expect(value["Hash"]?.text == cid.text())
            #expect(value["Error"]?.text?.hasPrefix("it may be removed or not: ") == true)
        }
        disk.powerOn()
    }

    /// Where nothing was removed before, the error is the answer.
    @Test func aRemovalThatFailsAtOnceIsAnError() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try TestNode(disk: disk)
        let writer = BlockWriter(node.access)
        let cid = try writer.put(Bytes(utf8: "block"), naming: .init())
        try writer.finish()
        try node.store.forEachBlock { _, _ in false }
        disk.faults.writeFails = 1000
        let answer = try node.call("block/rm?arg=\(cid.text())")
        #expect(answer.status == 500)
        let message = try AnyJSON.lines(answer.text).last?["Message"]?.text
        #expect(message?.contains("writing to meta/ failed") == true)
        disk.faults = SimulatedDisk.Faults()
    }

    /// A child that is here and is not what its codec says: Kubo fails too, unless told not to look.
    @Test(arguments: ["not dag-pb at all", "\u{0a}\u{01}x", ""])
    func aChildThatIsNoUnixFSIsNamed(block: String) throws {
        let node = try TestNode()
        let put = { (target: String, content: [UInt8]) in
            try #require(
                try AnyJSON.lines(node.upload(target, [Part(content: content)]).text).last)
        }
        let good = try #require(try put("add?pin=false&raw-leaves=false", [1])["Hash"]?.text)
        let bad = try #require(
            try put("block/put?cid-codec=dag-pb", Array(block.utf8))["Key"]?.text)
        let links = [("good", good), ("strange", bad)].map { name, cid in
            "{\"Hash\":{\"/\":\"\(cid)\"},\"Name\":\"\(name)\",\"Tsize\":1}"
        }
        let data = "{\"/\":{\"bytes\":\"CAE\"}}"
        let form = "{\"Data\":\(data),\"Links\":[\(links.joined(separator: ","))]}"
        let folder = try #require(
            try put("dag/put?store-codec=dag-pb", Array(form.utf8))["Cid"]?["/"]?.text)
        let whole = try node.call("ls?arg=\(folder)")
        #expect(whole.status == 500)
        #expect(whole.text.contains("strange") && whole.text.contains(bad))
        let stream = try node.call("ls?stream=true&arg=\(folder)")
        #expect(stream.status == 200 && !stream.isComplete)
        let lines = try AnyJSON.lines(stream.text)
        #expect(lines.count == 2)
        #expect(lines.last?["Type"]?.text == "error")
        #expect(lines.last?["Message"]?.text?.contains(bad) == true)
        let unseen = try node.call("ls?resolve-type=false&size=false&arg=\(folder)")
        #expect(unseen.status == 200)
        #expect(unseen.text.contains("\"Hash\":\"\(bad)\",\"Size\":0,\"Type\":0"))
    }

    @Test func anErrorBeforeTheFirstByteHasAStatus() throws {
        let node = try TestNode()
        let cid = "bafkreih62fm2ttkuvpcmipab6zxj5k3lqovjwfemmc6fsndqtjv2gcjrfi"
        let calls = [
            "cat?arg=\(cid)", "block/get?arg=\(cid)", "dag/export?arg=\(cid)",
            "pin/add?arg=\(cid)", "pin/add?arg=\(cid)&progress=true", "dag/stat?arg=\(cid)",
        ]
        for target in calls {
            let answer = try node.call(target)
            #expect(answer.status == 500, "\(target)")
            #expect(answer.isComplete)
            #expect(answer.text.contains("ipld: could not find \(cid)"), "\(target)")
        }
    }

    @Test func aPinThatFailsIsNeverTakenForOneThatWorked() throws {
        let node = try TestNode()
        let files = (0..<50).map { Part.file("d/\($0)", "content \($0)") }
        let added = try node.upload("add?pin=false", files)
        let root = try #require(AnyJSON.lines(added.text).last?["Hash"]?.text)
        try node.removeLast(below: root)
        let answer = try node.call("pin/add?progress=true&arg=\(root)")
        #expect(!answer.text.contains("Pins"))
        #expect(answer.status == 500 || !answer.isComplete)
        #expect(try node.call("pin/ls?arg=\(root)").status == 500)
    }
}
