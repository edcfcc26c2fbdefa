import TestSupport
import Testing

@testable import KuboRPC

/// What multipart bodies may look like.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct UploadTests {
    /// Filenames as sent, and the names that come back, the folders implied by them last.
    @Test(arguments: [
        ("a", ["a"]), ("a%2Fb.txt", ["a/b.txt", "a"]), ("a+b", ["a b"]), ("a%20b", ["a b"]),
        ("100%", ["100%"]), ("a%zz", ["a%zz"]), ("../x", ["x"]), ("/abs/x", ["abs/x", "abs"]),
        ("a/../../x", ["x"]), ("a/./b//c", ["a/b/c", "a/b", "a"]), ("%C3%A4", ["\u{e4}"]),
    ])
    func namesAreDecodedAndCleaned(filename: String, names: [String]) throws {
        let answer = try TestNode().upload("add", [.file(filename, "x")])
        #expect(answer.status == 200)
        #expect(try AnyJSON.lines(answer.text).compactMap { $0["Name"]?.text } == names)
    }

    @Test func anEntryWithoutANameIsCalledByItsCID() throws {
        let node = try TestNode()
        for part in [Part(filename: "", content: [1]), Part(filename: nil, content: [1])] {
            let line = try AnyJSON.lines(node.upload("add", [part]).text)[0]
            #expect(line["Name"]?.text == line["Hash"]?.text)
        }
    }

    @Test func theBoundaryMayBeQuoted() throws {
        let answer = try TestNode().call(
            "add",
            headers: [("Content-Type", "multipart/form-data; boundary=\"\(Part.boundary)\"")],
            body: Part.body([.file("a", "x")]))
        #expect(answer.status == 200)
    }

    @Test func foldersLinksAndGoModeBitsAreUnderstood() throws {
        let parts = [
            Part(
                name: "file?mode=020000000755&mtime=5", filename: "d",
                type: "application/x-directory"),
            Part(name: "file-1?mode=0640&mtime=7&mtime-nsecs=9", filename: "d%2Ff", content: [1]),
            Part(
                name: "dir-2?mode=01000000777", filename: "d%2Fl", type: "application/symlink",
                content: Array("f".utf8)),
            Part(filename: "d%2Fg", type: "image/png", content: [2]),
            Part(filename: "d%2Fh", type: nil, content: [3]),
        ]
        let lines = try AnyJSON.lines(TestNode().upload("add", parts).text)
        let byName = Dictionary(uniqueKeysWithValues: lines.map { ($0["Name"]?.text ?? "", $0) })
        #expect(byName["d"]?["Mode"]?.text == "0755")
        #expect(byName["d"]?["Mtime"] == .number(5))
        #expect(byName["d/f"]?["Mode"]?.text == "0640")
        #expect(byName["d/f"]?["MtimeNsecs"] == .number(9))
        #expect(byName["d/l"]?["Mode"]?.text == "0777")
        #expect(byName["d/g"]?["Mode"] == nil)
        #expect(Set(byName.keys) == ["d", "d/f", "d/l", "d/g", "d/h"])
        #expect(lines.last?["Name"]?.text == "d")
    }

    /// A time without a date is not written into a block, whichever kind of entry has it.
    @Test(
        arguments: [
            "mtime=-9223372036854775808", "mtime=-62135596801", "mtime=253402300800",
            "mtime=9223372036854775807", "mtime=5&mtime-nsecs=1000000000",
            "mtime=5&mtime-nsecs=4294967295", "mtime=5&mtime-nsecs=4294967296",
            "mtime=5&mtime-nsecs=9223372036854775807", "mtime=5&mtime-nsecs=-1",
            "mtime=5&mtime-nsecs=9223372036854775808",
        ], [nil, "application/x-directory", "application/symlink"])
    func timesWithoutADateAreRefused(time: String, type: String?) throws {
        let part = Part(name: "file?" + time, filename: "d", type: type, content: [1])
        let answer = try TestNode().upload("add?preserve-mtime=true", [part])
        #expect(!answer.text.contains("\"Hash\""))
        #expect(
            answer.text.contains("must lie between the years 1 and 9999")
                || answer.text.contains("at most 999999999"))
    }

    @Test(arguments: ["253402300800", "-62135596801", "9223372036854775807"])
    func optionsForTimesWithoutADateAreRefused(seconds: String) throws {
        let answer = try TestNode().upload("add?mtime=\(seconds)", [.file("a", "x")])
        #expect(answer.status == 500)
        #expect(answer.text.contains("must lie between the years 1 and 9999"))
    }

    /// The line end of the empty line belongs to the next boundary: the next file was in its bytes.
    @Test(arguments: [nil, "application/x-directory"])
    func aPartWithoutBytesTakesNothingOfTheNextOne(type: String?) throws {
        let empty = Part(filename: "d%2Fempty", type: type)
        var body = Part.body([empty, .file("d%2Ftwo", "data")])
        let end = Array("\r\n\r\n\r\n".utf8)
        let index = try #require(body.indices.first { body[$0...].starts(with: end) })
        body.removeSubrange(index..<(index + 2))
        let answer = try TestNode().call(
            "add",
            headers: [("Content-Type", "multipart/form-data; boundary=\(Part.boundary)")],
            body: body)
        let sizes = try AnyJSON.lines(answer.text).map {
            [$0["Name"]?.text ?? "", $0["Size"]?.text ?? ""]
        }
        #expect(sizes.contains(["d/two", "12"]))
        #expect(sizes.contains(["d/empty", type == nil ? "6" : "4"]))
    }

    @Test func aFolderWithBytesIsRefused() throws {
        let folder = Part(filename: "d", type: "application/x-directory", content: [1])
        let answer = try TestNode().upload("add", [folder, .file("d%2Fx", "data")])
        #expect(answer.text.contains("a folder has no bytes"))
        #expect(!answer.text.contains("\"Hash\""))
    }

    @Test func severalPartsOfOneNameAreSeveralBlocks() throws {
        let answer = try TestNode().upload(
            "block/put", [.file("x", "1"), .file("x", "1"), .file("x", "2")])
        #expect(answer.text.split(separator: "\n").count == 3)
    }

    @Test func aBodyThatIsCutOffIsRefusedAndChangesNothing() throws {
        let node = try TestNode()
        let body = Part.body([.file("a", "hello\n")])
        for length in [0, 10, 60, body.count - 8] {
            let answer = try node.call(
                "add",
                headers: [("Content-Type", "multipart/form-data; boundary=\(Part.boundary)")],
                body: Array(body.prefix(length)))
            #expect(answer.status == 400, "\(length)")
        }
        #expect(try node.call("pin/ls").text == "{\"Keys\":{}}\n")
        #expect(try node.upload("add", [.file("a", "hello\n")]).status == 200)
    }

    @Test func manyResultsWaitInAFile() throws {
        let node = try TestNode()
        let parts = (0..<4000).map { Part.file("folder-with-a-long-name/file-\($0)", "\($0)") }
        let answer = try node.upload("add?pin=false", parts)
        let lines = try AnyJSON.lines(answer.text)
        #expect(lines.count == 4001)
        #expect(answer.body.count > 400_000)
        #expect(lines.last?["Name"]?.text == "folder-with-a-long-name")
        #expect(answer.isComplete)
    }

    @Test func wrongOptionsAreRefusedBeforeTheUpload() throws {
        let node = try TestNode()
        let client = RawClient(port: node.port)
        client.send(
            """
            POST /api/v0/add?hash=nonsense HTTP/1.1\r
            Host: 127.0.0.1:\(node.port)\r
            Content-Type: multipart/form-data; boundary=x\r
            Transfer-Encoding: chunked\r
            \r\n
            """)
        let answer = try RawAnswerMessage(client.readAll())
        #expect(answer.status == 500)
        #expect(answer.text.contains("unrecognized hash function: \\\"nonsense\\\""))
    }

    @Test func progressIsReportedWithTheResults() throws {
        let part = Part(filename: "a", content: [UInt8](repeating: 1, count: 600_000))
        let lines = try AnyJSON.lines(TestNode().upload("add?progress=true", [part]).text)
        #expect(lines.compactMap { $0["Bytes"] }.last == .number(600_000))
        #expect(lines.count >= 3)
        #expect(lines.last?["Hash"] != nil)
    }

    /// As in Kubo, whose reader of parts goes on without them.
    @Test(arguments: ["mode=08", "mode=rw", "mtime=today", "mtime=", "mtime=9223372036854775808"])
    func modesAndTimesThatAreNoNumbersCountAsNone(words: String) throws {
        let part = Part(name: "file?" + words, filename: "a", content: [1])
        let answer = try TestNode().upload("add?preserve-mode=true&preserve-mtime=true", [part])
        let line = try #require(AnyJSON.lines(answer.text).last)
        #expect(line["Hash"] != nil && line["Mode"] == nil && line["Mtime"] == nil)
    }
}
