import Buffers
import Execution
import TestSupport
import Testing

/// Answers that are JSON and yet not what was asked for: they end with an error that names what is
/// missing, and nothing is printed that the node has not said.
@Suite(.timeLimit(.minutes(40)))
struct WrongAnswerTests {
    private let place: TestPlace

    init() throws {
        place = try TestPlace(makesRepository: false)
        try place.write("f", "f\n")
    }

    /// Runs a command against a server with one answer to everything.
    private func run(_ words: String, answer: String) throws -> ChildProcess {
        let socket = place.path("api")
        let server = try RawServer(path: socket) { connection in
            connection.readHead()
            let head = String(decoding: connection.received, as: UTF8.self)
            if head.contains("Transfer-Encoding") { connection.read(until: "\r\n0\r\n\r\n") }
            connection.write(
                "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    + "Content-Length: \(answer.utf8.count)\r\n\r\n" + answer)
        }
        let process = try place.shell("holdfast --api unix:\(socket) \(words)")
        _ = server.stop()
        try File.remove(socket)
        return process
    }

    private func expectRefusal(
        _ words: String, _ answer: String, without missing: String = "answered without"
    ) throws {
        let process = try run(words, answer: answer)
        #expect(process.exitCode == 1, "\(words) \(answer)")
        #expect(process.outputText == "", "\(words) \(answer)")
        #expect(process.errorText.contains(missing), "\(words) \(answer): \(process.errorText)")
    }

    /// What any server may say.
    @Test(arguments: [
        "ls x", "ls --stream x", "pin update x y", "pin verify", "pin ls --stream", "dag stat x",
        "repo stat", "repo version", "repo verify", "scrub status", "scrub now", "status", "id",
        "id --format='<id>'", "cid format x", "commands", "swarm peers", "swarm addrs local",
        "cid bases", "cid codecs", "refs x", "block stat x", "block rm x", "resolve /ipfs/x",
        "dag resolve x", "dag import f", "block put f", "pin add x", "pin rm x",
    ])
    func anotherKindOfValueIsNoAnswer(words: String) throws {
        for answer in ["{}", "null", "[]", "5", "\"x\""] { try expectRefusal(words, answer) }
    }

    /// A list without pins is all that Kubo says where there are none.
    @Test func aListOfPinsMayBeEmpty() throws {
        for answer in ["{}", "{\"Keys\":{}}", "{\"Keys\":null}"] {
            let process = try run("pin ls", answer: answer)
            #expect(process.exitCode == 0, "\(answer): \(process.errorText)")
            #expect(process.outputText == "")
        }
        for answer in ["null", "[]", "5", "{\"Keys\":[]}", "{\"Keys\":{\"x\":5}}"] {
            try expectRefusal("pin ls", answer)
        }
    }

    @Test(arguments: [
        (#"{"Objects":null}"#, "Objects"), (#"{"Objects":{"a":1}}"#, "Objects"),
        (#"{"Objects":[null]}"#, "an object"), (#"{"Objects":[{}]}"#, "Hash"),
        (#"{"Objects":[{"Hash":5,"Links":[]}]}"#, "Hash"),
        (#"{"Objects":[{"Hash":"Q","Links":{"a":1}}]}"#, "Links"),
        (#"{"Objects":[{"Hash":"Q","Links":[1]}]}"#, "an object"),
        (#"{"Objects":[{"Hash":"Q","Links":["x"]}]}"#, "an object"),
        (#"{"Objects":[{"Hash":"Q","Links":[null]}]}"#, "an object"),
        (#"{"Objects":[{"Hash":"Q","Links":[{"Hash":"h","Size":1}]}]}"#, "Name"),
        (#"{"Objects":[{"Hash":"Q","Links":[{"Name":"a","Size":1}]}]}"#, "Hash"),
        (#"{"Objects":[{"Hash":"Q","Links":[{"Name":"a","Hash":"h"}]}]}"#, "Size"),
        (#"{"Objects":[{"Hash":"Q","Links":[{"Name":"a","Hash":"h","Size":-1}]}]}"#, "Size"),
        (#"{"Objects":[{"Hash":"Q","Links":[{"Name":"a","Hash":"h","Size":1e3}]}]}"#, "Size"),
        (
            #"{"Objects":[{"Hash":"Q","Links":[{"Name":"a","Hash":"h","Size":99999999999999999999}]}]}"#,
            "Size"
        ),
    ])
    func aListingIsWhatItHasToBe(answer: String, missing: String) throws {
        let process = try run("ls x", answer: answer)
        #expect(process.exitCode == 1)
        #expect(process.outputText == "")
        #expect(process.errorText.contains("answered without"), "\(process.errorText)")
        #expect(process.errorText.contains(missing), "\(process.errorText)")
    }

    @Test func aFolderMayBeEmpty() throws {
        for links in ["[]", "null"] {
            let process = try run(
                "ls x", answer: "{\"Objects\":[{\"Hash\":\"Q\",\"Links\":\(links)}]}")
            #expect(process.exitCode == 0, "\(process.errorText)")
            #expect(process.outputText == "")
        }
    }

    @Test(arguments: [
        ("dag import f", #"{"Root":5,"Stats":5}"#, "Root"),
        ("dag import f", #"{"Root":{"PinErrorMsg":""}}"#, "Cid"),
        ("dag import f", #"{"Stats":{}}"#, "BlockCount"),
        ("dag stat x", #"{"DagStats":[]}"#, "DagStats"),
        ("dag stat x", #"{"DagStats":[{"Cid":"x","Size":-1}]}"#, "Size"),
        ("dag stat x", #"{"DagStats":[{"Cid":"x"}],"Ratio":"1"}"#, "Ratio"),
        ("block rm x", #"{"Hash":"x","Error":5}"#, "Error"),
        ("block stat x", #"{"Key":"x","Size":"1"}"#, "Size"),
        ("add f", #"{"Name":"f","Hash":5}"#, "Hash"),
        ("pin add x", #"{"Progress":"1"}"#, "Progress"),
        ("pin update x y", #"{"Pins":["x",5]}"#, "what it has pinned"),
        ("pin ls --stream", #"{"Cid":"x"}"#, "Type"),
        ("pin verify", #"{"Cid":"x","Ok":1}"#, "Ok"),
        ("repo stat", #"{"RepoSize":-1,"StorageMax":1,"NumObjects":1}"#, "RepoSize"),
        ("status", #"{"NumObjects":1,"RepoSize":1}"#, "StorageMax"),
        ("swarm peers", #"{"Peers":[{"Addr":"a"}]}"#, "Peer"),
        ("cid bases", #"[{"Code":"x","Name":"y"}]"#, "Code"),
        ("id --format='<addrs>'", #"{"ID":"x","Addresses":[5]}"#, "Addresses"),
    ])
    func whatIsMissingIsNamed(words: String, answer: String, missing: String) throws {
        try expectRefusal(words, answer)
        try expectRefusal(words, answer, without: missing)
    }

    /// Go leaves out what is zero or empty, and writes null for a list that was never made.
    @Test(arguments: [
        ("dag stat x", #"{"DagStats":[{"Cid":"x"}]}"#), ("pin verify", #"{"Cid":"x"}"#),
        ("pin verify", #"{"Err":"x"}"#), ("swarm peers", #"{"Peers":null}"#),
        ("swarm addrs local", #"{"Strings":null}"#), ("cid format x", #"{"Formatted":"x"}"#),
        ("repo verify", #"{"Msg":"","Progress":1}"#), ("id", #"{"ID":"x","Addresses":null}"#),
        ("repo stat --size-only", #"{"RepoSize":1,"StorageMax":1}"#),
        ("dag import f", #"{"Stats":{"BlockCount":0,"BlockBytesCount":0}}"#),
        ("commands", #"{"Name":"a","Subcommands":null}"#),
        ("block rm x", #"{"Hash":"x","Error":null}"#),
        ("pin ls --stream", #"{"Cid":"x","Type":"direct"}"#),
    ])
    func whatIsEmptyMayBeMissing(words: String, answer: String) throws {
        let process = try run(words, answer: answer)
        #expect(process.exitCode == 0, "\(words): \(process.errorText)")
    }
}
