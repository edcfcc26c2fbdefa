import HTTP
import HTTPServer
import JSON
import Testing

@testable import KuboRPC

/// Methods, paths, statuses, headers.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct TransportTests {
    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
    func onlyPOSTIsAnswered(method: String) throws {
        let answer = try TestNode().call("version", method: method)
        #expect(answer.status == 405)
        #expect(answer.field("Allow") == "OPTIONS, POST")
        if method != "HEAD" { #expect(answer.text == "405 - Method Not Allowed\n") }
    }

    @Test func optionsWithoutAPreflightTellsTheMethods() throws {
        let answer = try TestNode().call("version", method: "OPTIONS")
        #expect(answer.status == 204)
        #expect(answer.field("Allow") == "OPTIONS, POST")
    }

    @Test(arguments: [
        "nonsense", "pin", "", "dag/none", "version/deps/x", "pin/ls/a/b", "pin%2Fls%2Fa%2Fb",
    ])
    func unknownCommandsAndGroupsAreNotFound(target: String) throws {
        let answer = try TestNode().call(target)
        #expect(answer.status == 404)
        #expect(answer.text == "404 page not found\n")
        #expect(answer.field("Content-Type") == "text/plain; charset=utf-8")
        #expect(answer.field("X-Content-Type-Options") == "nosniff")
    }

    @Test func oneSegmentBehindTheCommandIsItsFirstArgument() throws {
        let answer = try TestNode().call("block/stat/bafkqaaa")
        #expect(answer.text == "{\"Key\":\"bafkqaaa\",\"Size\":0}\n")
    }

    @Test(arguments: [
        ("cat", "argument \"ipfs-path\" is required"),
        ("pin/update?arg=x", "argument \"to-path\" is required"),
        ("add", "file argument 'path' is required"),
        ("block/put", "file argument 'data' is required"),
        ("version?encoding=xml", "invalid encoding: xml"),
        ("version?timeout=soon", "time: invalid duration \"soon\""),
        ("pin/ls?type=a&type=b", "expected key type to have only a single value, received [a b]"),
        (
            "cat?arg=x&offset=y",
            "could not convert value \"y\" to type \"int64\" (for option \"-offset\")"
        ),
    ])
    func wrongRequestsAreRefusedAsText(target: String, message: String) throws {
        let answer = try TestNode().call(target)
        #expect(answer.status == 400)
        #expect(answer.text == message + "\n")
        #expect(answer.field("Content-Type") == "text/plain; charset=utf-8")
    }

    @Test func aFailedCommandIsAnErrorInJSON() throws {
        let answer = try TestNode().call("pin/rm?arg=bafkqaaa")
        #expect(answer.status == 500)
        #expect(
            answer.text
                == "{\"Message\":\"not pinned or pinned indirectly\",\"Code\":0,\"Type\":\"error\"}\n"
        )
        #expect(answer.field("Content-Type") == "application/json")
        #expect(answer.field("Trailer") == "X-Stream-Error")
    }

    @Test func everySuccessCarriesTheCommonFields() throws {
        let answer = try TestNode().call("version")
        let exposed = "X-Stream-Output, X-Chunked-Output, X-Content-Length"
        #expect(answer.field("Access-Control-Allow-Headers") == exposed)
        #expect(answer.field("Access-Control-Expose-Headers") == exposed)
        #expect(answer.field("Server") == "holdfast/0.0.1")
        #expect(answer.field("Vary") == "Origin")
        #expect(answer.field("Trailer") == "X-Stream-Error")
    }

    @Test func aTimeoutThatIsOverFailsTheCall() throws {
        let answer = try TestNode().call("refs/local?timeout=0s")
        #expect(answer.status == 500)
        #expect(answer.text.contains("context deadline exceeded"))
    }

    @Test func cidBaseTurnsVersion0IntoVersion1() throws {
        let node = try TestNode()
        let hash = try AnyJSON.lines(
            node.upload("add?cid-base=base36", [.file("a", "hello\n")]).text)[0]["Hash"]?.text
        #expect(hash?.hasPrefix("k2jmt") == true)
        let kept = try node.upload(
            "add?cid-base=base58btc&upgrade-cidv0-in-output=false", [.file("a", "hello\n")])
        #expect(kept.text.contains("QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"))
        #expect(try node.call("refs/local?cid-base=nonsense").text.contains("multibase"))
    }

    @Test func argumentsMayComeInTheBody() throws {
        let node = try TestNode()
        let cids = "bafkqaaa\r\nbafkqabiaaaaaaaa\n"
        let answer = try node.upload("cid/base32", [.file("stdin", cids)])
        #expect(answer.text.split(separator: "\n").count == 2)
        #expect(answer.text.contains("\"CidStr\":\"bafkqaaa\",\"Formatted\":\"bafkqaaa\""))
    }

    @Test func commandsListsTheTable() throws {
        let tree = try AnyJSON.lines(TestNode().call("commands").text)[0]
        #expect(tree["Name"]?.text == "ipfs")
        guard case .list(let children)? = tree["Subcommands"] else {
            Issue.record("no subcommands")
            return
        }
        let names = children.compactMap { $0["Name"]?.text }
        #expect(names == names.sorted())
        #expect(names.contains("pin") && names.contains("add") && !names.contains("name"))
    }

    @Test func aNegativeVerdictIsATrailerAfterACleanEnd() throws {
        let node = try TestNode()
        let call = try Call(node.request("repo/verify"), hasParts: false)
        let invocation = try Invocation(
            call, of: node.request("repo/verify"), library: node.library, settings: node.settings)
        let lines = ProducedLines(invocation, name: "test") { output in
            try output.emit(.text("line"))
            output.conclude("two\nlines")
        }
        let body = LineBody(lines, checking: invocation)
        try body.prepare()
        while try body.next(limit: 1024) != nil {}
        #expect(body.trailers["X-Stream-Error"] == "two lines")
        body.close()
    }
}
