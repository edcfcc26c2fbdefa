import Buffers
import Content
import Execution
import HTTPServer
import JSON
import Testing

@testable import KuboRPC

/// The format of `refs`, in which a short word stands for a name as long as a block.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ReferenceFormatTests {
    @Test(arguments: [
        ("<dst>", "D"), ("<src> -> <dst>", "S -> D"), ("", ""), ("x", "x"),
        ("<linkname><linkname>", "NN"), ("<s<src>rc>", "<sSrc>"), ("<dst", "<dst"),
        ("<dst>\u{301}", "D\u{301}"), ("\u{e4}<src>\u{e4}", "\u{e4}S\u{e4}"), ("<DST>", "<DST>"),
    ])
    func wordsAreReplaced(format: String, text: String) throws {
        let format = try ReferenceFormat(format)
        let value = format.text(source: "S", destination: "D", linkName: Bytes(utf8: "N"))
        #expect(value.line.displayText == JSONOutput.text(text).line.displayText)
        #expect(value.byteCount == JSONOutput.text(text).byteCount)
    }

    @Test func aLongFormatIsRefused() throws {
        let node = try TestNode()
        let format = String(repeating: "%3Clinkname%3E", count: 103)
        let answer = try node.call("refs?arg=bafkqaaa&format=\(format)")
        #expect(answer.status == 500)
        #expect(answer.text.contains("the format is longer than 1024 bytes"))
    }

    /// A hundred times two MiB: refused before there is a text.
    @Test func aLongNameManyTimesIsRefused() throws {
        let node = try TestNode()
        let root = try node.folder(namingOneEntry: [UInt8](repeating: 0x61, count: 2_000_000))
        let format = String(repeating: "%3Clinkname%3E", count: 102)
        let answer = try node.call("refs?arg=\(root)&format=\(format)")
        #expect(answer.text.contains("would have to remember more than"))
        #expect(answer.body.count < 1000)
        let once = try node.call("refs?arg=\(root)&format=%3Clinkname%3E")
        #expect(once.status == 200 && once.body.count > 2_000_000 && once.isComplete)
        #expect(try node.call("ls?arg=\(root)").text.contains("\"Name\":\"aaaa"))
        node.listener.stop()
        #expect(node.library.stateMemory.budget.inUse == 0)
    }
}

extension TestNode {
    /// Stores a UnixFS folder with one entry: nothing, under a name of any length.
    func folder(namingOneEntry name: [UInt8]) throws -> String {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            var (head, count) = ([number << 3 | 2], bytes.count)
            while count >= 0x80 {
                head.append(UInt8(count & 0x7f) | 0x80)
                count >>= 7
            }
            return head + [UInt8(count)] + bytes
        }
        // A link with a CID, a name and a size; the data of a folder.
        let link = field(1, [1, 0x55, 0, 0]) + field(2, name) + [0x18, 0]
        let answer = try upload(
            "block/put?cid-codec=dag-pb", [Part(content: field(2, link) + field(1, [8, 1]))])
        return try AnyJSON.lines(answer.text)[0]["Key"]?.text ?? ""
    }
}
