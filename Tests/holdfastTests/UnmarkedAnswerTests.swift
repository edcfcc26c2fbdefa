import Buffers
import Execution
import TestSupport
import Testing

/// What something between the program and its node may make of an answer: without its end, or without
/// anything. Nothing of that is taken for a whole one.
@Suite(.timeLimit(.minutes(40)))
struct UnmarkedAnswerTests {
    private let place: TestPlace

    init() throws {
        place = try TestPlace(makesRepository: false)
        try place.write("f", "f\n")
    }

    /// Runs a command against a server with one answer, which closes the connection behind it.
    ///
    /// - Parameter hasBody: whether the command sends something, which is read first.
    private func run(
        _ words: String, hasBody: Bool = false, answer: Bytes
    ) throws -> (process: ChildProcess, request: String) {
        let socket = place.path("api")
        let server = try RawServer(path: socket) { connection in
            connection.readHead()
            if hasBody { connection.read(until: "\r\n0\r\n\r\n") }
            connection.write(answer.array)
        }
        let process = try place.shell("holdfast --api unix:\(socket) \(words)")
        let requests = server.stop()
        try File.remove(socket)
        return (process, requests.first ?? "")
    }

    private func withLength(_ body: Bytes) -> Bytes {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        return Bytes(utf8: head).appending(body)
    }

    @Test(
        arguments: [
            ("pin ls", "{\"Keys\":{}}\n", ""),
            ("refs local", "{\"Ref\":\"x\",\"Err\":\"\"}\n", "x\n"),
            ("refs local --enc=json", "{\"Ref\":\"x\"}\n", "{\"Ref\":\"x\"}\n"),
            ("cat x", "f\n", "f\n"), ("dag export x", "f", "f"), ("pin verify", "", ""),
            ("pin add x", "{\"Pins\":[\"x\"]}\n", "pinned x recursively\n"),
        ] as [(String, Bytes, String)])
    func anAnswerThatEndsWithTheConnectionMayBeCut(
        words: String, body: Bytes, shown: String
    ) throws {
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            let head = Bytes(utf8: "\(version) 200 OK\r\nTrailer: X-Stream-Error\r\n\r\n")
            let cut = try run(words, answer: head.appending(body)).process
            #expect(cut.exitCode == 1)
            #expect(cut.outputText == shown)
            #expect(cut.errorText.contains("ended without its end"), "\(cut.errorText)")
        }
        let whole = try run(words, answer: withLength(body)).process
        #expect(whole.exitCode == 0, "\(whole.errorText)")
        #expect(whole.outputText == shown)
    }

    @Test func anAnswerInChunksHasAnEnd() throws {
        let head: Bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        let whole = try run("cat x", answer: head.appending("2\r\nf\n\r\n0\r\n\r\n")).process
        #expect(whole.exitCode == 0, "\(whole.errorText)")
        #expect(whole.outputText == "f\n")
    }

    @Test(arguments: ["-a", "-C"])
    func anArchiveThatMayBeCutIsNotKept(flag: String) throws {
        let got = try run("get \(flag) -o out x", answer: "HTTP/1.1 200 OK\r\n\r\nhalf").process
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("ended without its end"), "\(got.errorText)")
        #expect(try File.names(in: place.folder) == ["f"])
    }

    /// The blocks of zeros at its end tell that it is whole.
    @Test func anArchiveThatIsExtractedShowsItsEnd() throws {
        let entries = [
            "HTTP/1.1 200 OK\r\n\r\n",
            TarHeaderBytes(name: "x/", type: UInt8(ascii: "5")).encoded,
            TarHeaderBytes(name: "x/f").encoded,
        ].joined(separator: .empty)
        let cut = try run("get -o cut x", answer: entries).process
        #expect(cut.exitCode == 1)
        #expect(cut.errorText.contains("ends too early"), "\(cut.errorText)")
        let end = Bytes([UInt8](repeating: 0, count: 1_024))
        let whole = try run("get -o whole x", answer: entries.appending(end)).process
        #expect(whole.exitCode == 0, "\(whole.errorText)")
        #expect(try File.rawNames(in: place.path("whole")) == ["f"])
    }

    @Test func anErrorIsToldAlsoWithoutItsEnd() throws {
        let error: Bytes =
            "HTTP/1.1 500 X\r\n\r\n{\"Message\":\"no such pin\",\"Code\":0,\"Type\":\"error\"}"
        let told = try run("pin rm x", answer: error).process
        #expect(told.exitCode == 1)
        #expect(told.errorText.hasPrefix("Error: no such pin\n"), "\(told.errorText)")
    }

    @Test(
        arguments: [
            "pin add x", "pin rm x", "pin ls", "pin ls --enc=json", "block rm x", "block stat x",
            "ls x", "dag export x", "dag stat x", "get -a -o out x", "get -o out x", "id",
            "resolve /ipfs/x",
        ], ["", "\n"] as [Bytes])
    func nothingIsNoAnswer(words: String, body: Bytes) throws {
        let got = try run(words, answer: withLength(body)).process
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("answered with nothing"), "\(got.errorText)")
        #expect(try File.names(in: place.folder) == ["f"])
    }

    @Test(arguments: ["add f", "add -Q f", "block put f", "dag put f", "dag import f"])
    func nothingIsNoAnswerToAnUpload(words: String) throws {
        let got = try run(words, hasBody: true, answer: withLength("")).process
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("answered with nothing"), "\(got.errorText)")
    }

    @Test(arguments: [
        "cat x", "block get x", "dag get x", "pin verify", "refs x", "refs local", "ls --stream x",
        "pin ls --stream", "block rm -q x", "repo ls",
    ])
    func someAnswersMayBeEmpty(words: String) throws {
        let got = try run(words, answer: withLength("")).process
        #expect(got.exitCode == 0, "\(got.errorText)")
        #expect(got.outputText == "")
    }

    /// A CAR without roots has nothing but its statistics to tell, which are asked for.
    @Test func anImportSaysSomethingAlsoWithoutRoots() throws {
        let stats: Bytes = "{\"Stats\":{\"BlockCount\":1,\"BlockBytesCount\":2}}\n"
        let quiet = try run("dag import f", hasBody: true, answer: withLength(stats))
        #expect(quiet.process.exitCode == 0, "\(quiet.process.errorText)")
        #expect(quiet.process.outputText == "")
        #expect(quiet.request.contains("stats=true"))
        for option in ["--stats=false", "--silent", "--enc=json"] {
            let got = try run("dag import \(option) f", hasBody: true, answer: withLength(""))
            #expect(got.process.exitCode == 0, "\(got.process.errorText)")
        }
        let shown = try run("dag import --stats f", hasBody: true, answer: withLength(stats))
        #expect(shown.process.outputText == "Imported 1 blocks (2 bytes)\n")
    }

    /// It would answer with all its pins, whatever the body says.
    @Test(arguments: [("0.43.0", true), ("holdfast-1.0.0", false)])
    func aListThatKuboSeeksInTheAddressStaysThere(commit: String, isInAddress: Bool) throws {
        let socket = place.path("api")
        let version = withLength(Bytes(utf8: "{\"Commit\":\"\(commit)\"}\n"))
        let pins = withLength("{\"Keys\":{}}\n")
        let server = try RawServer(path: socket) { connection in
            connection.readHead()
            let head = String(decoding: connection.received, as: UTF8.self)
            if head.contains("Transfer-Encoding") { connection.read(until: "\r\n0\r\n\r\n") }
            connection.write((head.contains("/version?") ? version : pins).array)
        }
        let got = try place.shell("holdfast --api unix:\(socket) pin ls $(seq -f x%.0f 1 2000)")
        #expect(got.exitCode == 0, "\(got.errorText)")
        let call = server.stop().last ?? ""
        #expect(call.hasPrefix("POST /api/v0/pin/ls?" + (isInAddress ? "arg=x1&arg=x2&" : "enc")))
        #expect(call.contains("x1\nx2\nx3\n") != isInAddress)
    }

    /// Something else than a node answers every call alike.
    @Test(arguments: [
        "pin rm x", "pin update x y", "block rm x", "block stat x", "dag resolve x",
        "resolve /ipfs/x", "refs x", "refs local",
    ])
    func anAnswerWithoutWhatWasAskedForIsNone(words: String) throws {
        let got = try run(words, answer: withLength("{}\n")).process
        #expect(got.exitCode == 1)
        #expect(got.outputText == "")
        #expect(got.errorText.contains("answered without"), "\(got.errorText)")
    }

    @Test(arguments: ["block put f", "dag put f", "dag import f", "dag import --stats f"])
    func anAnswerToAnUploadWithoutWhatBecameOfItIsNone(words: String) throws {
        let got = try run(words, hasBody: true, answer: withLength("{}\n")).process
        #expect(got.exitCode == 1)
        #expect(got.outputText == "")
        #expect(got.errorText.contains("answered without"), "\(got.errorText)")
    }

    @Test func progressAloneIsNoResult() throws {
        let pinned = try run("pin add --progress x", answer: withLength("{\"Progress\":1}\n"))
        #expect(pinned.process.exitCode == 1)
        #expect(pinned.process.errorText.contains("without what it has pinned"))
        let progress: Bytes = "{\"Name\":\"f\",\"Bytes\":2}\n"
        let added = try run("add f", hasBody: true, answer: withLength(progress))
        #expect(added.process.exitCode == 1)
        #expect(added.process.errorText.contains("without the CID"))
    }
}
