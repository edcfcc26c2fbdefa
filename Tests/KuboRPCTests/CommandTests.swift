import Multiformats
import Testing

@testable import KuboRPC

/// What single commands answer where no recording covers it.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct CommandTests {
    private static let hello = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"

    private func nodeWithHello() throws -> TestNode {
        let node = try TestNode()
        #expect(try node.upload("add", [.file("hello", "hello\n")]).text.contains(Self.hello))
        return node
    }

    @Test func catCountsItsOffsetOverAllArguments() throws {
        let node = try nodeWithHello()
        let two = "cat?arg=\(Self.hello)&arg=\(Self.hello)"
        #expect(try node.call(two).text == "hello\nhello\n")
        #expect(try node.call(two + "&offset=4&length=4").text == "o\nhe")
        #expect(try node.call(two + "&offset=8").text == "llo\n")
        #expect(try node.call(two + "&offset=99").text.isEmpty)
        #expect(try node.call(two + "&length=0").text.isEmpty)
        #expect(try node.call(two + "&offset=4&length=4").field("X-Content-Length") == "4")
        #expect(try node.call(two + "&offset=-1").text.contains("cannot specify negative offset"))
        #expect(try node.call(two + "&length=-1").text.contains("cannot specify negative length"))
    }

    @Test func getCompressesOneFileOrAnArchive() throws {
        let node = try nodeWithHello()
        let file = try node.call("get?compress=true&arg=\(Self.hello)")
        #expect(file.field("Content-Type") == "application/gzip")
        #expect(Array(file.body.prefix(3)) == [0x1f, 0x8b, 8])
        let level = try node.call("get?compress=true&compression-level=10&arg=\(Self.hello)")
        #expect(level.text.contains("compression level must be between 1 and 9"))
        let folder = try AnyJSON.lines(node.upload("add", [.file("d/a", "a")]).text).last
        let root = try #require(folder?["Hash"]?.text)
        #expect(
            try node.call("get?compress=true&arg=\(root)").text.contains("file is not regular"))
        let archive = try node.call("get?compress=true&archive=true&arg=\(root)")
        #expect(archive.isComplete && Array(archive.body.prefix(2)) == [0x1f, 0x8b])
        let tar = try node.call("get?arg=\(root)/a")
        #expect(tar.field("Content-Type") == "application/x-tar")
        #expect(tar.body.count % 512 == 0 && tar.body.first == UInt8(ascii: "a"))
    }

    @Test func pinsKeepNamesAndTypes() throws {
        let node = try nodeWithHello()
        #expect(
            try node.call("pin/ls?stream=true&arg=\(Self.hello)&type=recursive").text
                == "{\"Cid\":\"\(Self.hello)\",\"Type\":\"recursive\"}\n")
        let direct = try node.call("pin/ls?arg=\(Self.hello)&type=direct")
        #expect(direct.status == 500)
        #expect(direct.text.contains("path '\(Self.hello)' is not pinned"))
        #expect(try node.call("pin/add?arg=\(Self.hello)&name=greeting").status == 200)
        let named = "{\"Cid\":\"\(Self.hello)\",\"Name\":\"greeting\",\"Type\":\"recursive\"}\n"
        #expect(try node.call("pin/ls?stream=true&name=eet").text == named)
        #expect(try node.call("pin/ls?stream=true&name=EET").text.isEmpty)
        let long = String(repeating: "n", count: 256)
        #expect(
            try node.call("pin/add?arg=\(Self.hello)&name=\(long)").text
                .contains("pin name is 256 bytes (max 255 bytes)"))
        #expect(try node.call("pin/rm?arg=\(Self.hello)").status == 200)
        #expect(try node.call("pin/ls?stream=true").text.isEmpty)
        #expect(try node.call("pin/ls").text == "{\"Keys\":{}}\n")
    }

    @Test func pinVerifyNamesWhatIsMissing() throws {
        let node = try nodeWithHello()
        #expect(
            try node.call("pin/verify?verbose=true").text
                == "{\"Cid\":\"\(Self.hello)\",\"Ok\":true}\n")
        #expect(
            try node.call("pin/verify?verbose=true&quiet=true").text
                .contains("the --verbose and --quiet options can not be used at the same time"))
    }

    @Test func pinVerifyListsTheMissingBlocksOfABrokenPin() throws {
        let node = try TestNode()
        let files = (0..<5).map { Part.file("d/\($0)", "content \($0)") }
        let root = try #require(
            AnyJSON.lines(node.upload("add", files).text).last?["Hash"]?.text)
        let missing = try node.removeLast(below: root)
        let line = try AnyJSON.lines(node.call("pin/verify").text)[0]
        #expect(line["Cid"]?.text == root)
        #expect(line["Ok"] == nil)
        guard case .list(let nodes)? = line["BadNodes"] else {
            Issue.record("no bad nodes: \(line)")
            return
        }
        #expect(nodes.count == 1 && nodes[0]["Cid"]?.text == missing.text())
        let quiet = try AnyJSON.lines(node.call("pin/verify?quiet=true").text)[0]
        #expect(quiet.keys == ["Cid"])
    }

    @Test func blocksOverTheLimitAreRefused() throws {
        let node = try TestNode()
        let big = Part(content: [UInt8](repeating: 7, count: (2 << 20) + 1))
        let refused = try node.upload("block/put", [big])
        #expect(refused.status == 500)
        #expect(refused.text.contains("produced block is over 2MiB"))
        #expect(try node.upload("block/put?allow-big-block=true", [big]).status == 200)
        #expect(try node.upload("block/put?mhtype=nonsense", [.file("a", "a")]).status == 500)
    }

    @Test func oldFormatsOfBlocksStillWork() throws {
        let node = try TestNode()
        let empty = Part(content: [0x0a, 2, 8, 1])
        #expect(
            try node.upload("block/put?format=v0", [empty]).text
                .contains("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"))
        #expect(
            try node.upload("block/put?f=v0&cid-codec=dag-cbor", [empty]).text
                .contains("unable to use \\\"format\\\" (deprecated)"))
    }

    @Test func cidsAreConvertedAndTakenApart() throws {
        let node = try TestNode()
        let target =
            "cid/format?arg=\(Self.hello)&f=%25b+%25B+%25V+%25c+%25h+%25L+%25P+%25s+%25%25"
        let line = try AnyJSON.lines(node.call(target).text)[0]
        #expect(
            line["Formatted"]?.text
                == "base58btc z 0 dag-pb sha2-256 32 cidv0-dag-pb-sha2-256-32 \(Self.hello) %")
        let v1 = try AnyJSON.lines(node.call("cid/format?arg=\(Self.hello)&v=1&b=base36").text)[0]
        #expect(v1["Formatted"]?.text?.hasPrefix("k2jmt") == true)
        let bad = try AnyJSON.lines(node.call("cid/format?arg=nonsense").text)[0]
        #expect(bad["ErrorMsg"]?.text?.isEmpty == false)
        #expect(try node.call("cid/format?arg=\(Self.hello)&f=x").status == 500)
        #expect(try node.call("cid/format?arg=bafkqaaa&v=0").text.contains("can't convert"))
        let long = String(repeating: "%25s", count: 513)
        #expect(try node.call("cid/format?arg=bafkqaaa&f=\(long)").status == 500)
    }

    @Test func multibasesAreListedAndConverted() throws {
        let node = try TestNode()
        #expect(
            try node.upload("multibase/encode?b=base16", [.file("a", "hello\n")]).text
                == "f68656c6c6f0a")
        #expect(try node.upload("multibase/decode", [.file("a", "f68656c6c6f")]).text == "hello")
        #expect(
            try node.upload("multibase/transcode?b=base16", [.file("a", "uaGVsbG8")]).text
                == "f68656c6c6f")
        #expect(try node.upload("multibase/decode", [.file("a", "?")]).status == 500)
        let long = Part(filename: "a", content: [UInt8](repeating: 1, count: 1 << 16))
        let slow = try node.upload("multibase/encode?b=base58btc", [long])
        #expect(slow.status == 500 && slow.text.contains("use base32 or base64url"))
        #expect(try node.upload("multibase/encode?b=base16", [long]).text.utf8.count == 1 << 17 | 1)
        #expect(
            try node.call("multibase/list").text.contains("{\"Code\":98,\"Name\":\"base32\"}"))
    }

    @Test func idIsWrittenInTheBaseThatIsAskedFor() throws {
        let node = try TestNode()
        let plain = try AnyJSON.lines(node.call("id").text)[0]
        #expect(plain["ID"]?.text == TestNode.peerID)
        let base36 = try AnyJSON.lines(node.call("id?peerid-base=base36").text)[0]
        #expect(
            base36["ID"]?.text == "k51qzi5uqu5dmfj6ufxsj63xe89bcxaoavy3lv5348j8o6jyy4svjy68y1x65v")
        #expect(try node.call("id?arg=12D3KooWother").status == 500)
    }

    @Test func repositoryFiguresAreCounters() throws {
        let node = try nodeWithHello()
        let stat = try AnyJSON.lines(node.call("repo/stat").text)[0]
        #expect(stat["NumObjects"] == .number(1))
        #expect(stat["RepoSize"] == .number(14))
        #expect(stat["Version"]?.text == "fs-repo@18")
        let short = try AnyJSON.lines(node.call("repo/stat?size-only=true").text)[0]
        #expect(short["NumObjects"] == .number(0))
        #expect(short["RepoPath"]?.text == "")
        #expect(
            try AnyJSON.lines(node.call("repo/verify").text).last?["Msg"]?.text
                == "verify complete, all blocks validated.")
    }

    @Test func dagStatTellsTheFinalValueLast() throws {
        let node = try nodeWithHello()
        #expect(
            try node.call("dag/stat?arg=\(Self.hello)").text
                == "{\"UniqueBlocks\":1,\"TotalSize\":14,\"Ratio\":1,"
                + "\"DagStats\":[{\"Cid\":\"\(Self.hello)\",\"Size\":14,\"NumBlocks\":1}]}\n")
    }

    @Test func refsRefuseAFormatTogetherWithEdges() throws {
        let answer = try nodeWithHello().call("refs?arg=\(Self.hello)&edges=true&format=x")
        #expect(answer.text.contains("using format argument with edges is not allowed"))
    }

    /// What is shown once is shown once by the call, not once for each root.
    @Test(arguments: ["recursive=true", "recursive=true&max-depth=1", "recursive=false"])
    func refsOfTheSameRootTwiceAreToldOnce(options: String) throws {
        let node = try TestNode()
        let added = try AnyJSON.lines(
            node.upload("add", [.file("d/a", "a"), .file("d/b", "b")]).text)
        let root = try #require(added.last?["Hash"]?.text)
        let target = "refs?\(options)&arg=\(root)"
        let once = try node.call(target + "&unique=true").text
        #expect(try AnyJSON.lines(once).count == 2)
        #expect(try node.call(target + "&arg=\(root)&unique=true").text == once)
        #expect(try node.call(target + "&arg=\(root)").text == once + once)
    }

    /// What would be cut off an identity digest is content.
    @Test(arguments: [
        ("mhtype=identity&mhlen=3", "hash (3) must be equal to the length of the data (5)"),
        (
            "mhtype=identity&mhlen=3&pin=true", "hash (3) must be equal to the length of the data"
        ),
        ("mhtype=identity&mhlen=0", "hash (0) must be equal to the length of the data (5)"),
        ("mhtype=identity&mhlen=7", "requested length was too large for digest"),
        ("mhtype=sha2-256&mhlen=33", "requested length was too large for digest"),
        ("mhtype=blake3&mhlen=33", "requested length was too large for digest"),
        ("mhtype=sha2-256&mhlen=19", "digest too small: sha2-256 digest got 19 bytes, minimum 20"),
        ("mhlen=0", "digest too small: sha2-256 digest got 0 bytes, minimum 20"),
    ])
    func aDigestIsNotCutShorterThanItsContent(query: String, message: String) throws {
        let node = try TestNode()
        let answer = try node.upload("block/put?" + query, [.file("f", "hello")])
        #expect(answer.status == 500 && answer.text.contains(message), "\(answer.text)")
        #expect(try !node.call("repo/stat").text.contains("\"NumObjects\":1"))
    }

    @Test(arguments: [
        "identity&mhlen=5", "identity&mhlen=-1", "sha2-256&mhlen=20", "blake3&mhlen=32",
    ])
    func digestsOfALengthThatCanBeAreTaken(query: String) throws {
        let node = try TestNode()
        let answer = try node.upload("block/put?mhtype=" + query, [.file("f", "hello")])
        let key = try #require(try AnyJSON.lines(answer.text).first?["Key"]?.text)
        #expect(try node.call("block/get?arg=\(key)").text == "hello")
    }
}
