import Buffers
import HTTP
import HTTPServer
import Testing

/// What a URL may look like, and what it must never reach.
@Suite(.timeLimit(.minutes(40)))
struct PathTests {
    private static let tree = "bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i"
    private let gateway: ScratchGateway

    init() throws {
        gateway = try ScratchGateway()
        try gateway.loadConformanceData()
    }

    @Test(arguments: [
        ("/ipfs/", 400), ("/ipfs", 400), ("/ipfs//x", 400), ("/ipfs/QmInvalidCID", 400),
        ("/ipfs/\(tree)/%zz", 400), ("/ipfs/\(tree)/%", 400), ("/ipfs/\(tree)/..", 400),
        ("/ipfs/\(tree)/%2e%2e/", 400), ("/ipfs/\(tree)/api/../../x", 400),
        ("/ipfs/\(tree)/nothing", 404), ("/ipfs/\(tree)/%00", 404), ("/ipfs/\(tree)/%ff%fe", 404),
        ("/ipns/example.com/", 500), ("/", 404), ("/ipld/\(tree)", 404), ("/favicon.ico", 404),
    ])
    func wrongPathsHaveTheirStatus(path: String, status: Int) throws {
        #expect(try gateway.get(path).response.status.code == status, "\(path)")
    }

    @Test func dotsAndDoubledSlashesAreCleanedInPlace() throws {
        let answer = try gateway.get(
            "/ipfs/\(Self.tree)//%C4%85/./api/../%C4%99%2Ffile-%C5%BA%C5%82.txt")
        #expect(answer.response.status == .ok)
        #expect(answer.response.fields["X-Ipfs-Path"] == "/ipfs/\(Self.tree)/ą/ę/file-źł.txt")
    }

    @Test func aPathOfTooManySegmentsIsRefused() throws {
        let path = "/ipfs/\(Self.tree)" + String(repeating: "/a", count: 257)
        #expect(try gateway.get(path).response.status == .badRequest)
    }

    @Test func theQueryOfASlashRedirectIsKeptByteForByte() throws {
        let answer = try gateway.get("/ipfs/\(Self.tree)/%C4%85?a=%20b+c&a=2")
        #expect(answer.response.status == .movedPermanently)
        #expect(answer.response.fields["Location"] == "/ipfs/\(Self.tree)/%C4%85/?a=%20b+c&a=2")
        #expect(try gateway.get("/ipfs/\(Self.tree)/%C4%85?go-get=1").response.status == .ok)
    }

    @Test func aDoubledNamespaceIsRedirected() throws {
        let answer = try gateway.get("/ipfs/ipfs/\(Self.tree)/x?y=1")
        #expect(answer.response.fields["Location"] == "/ipfs/\(Self.tree)/x?y=1")
        #expect(try gateway.get("/ipfs/ipfs/nonsense").response.status == .badRequest)
    }

    @Test(arguments: [
        ("/ipfs/?uri=ipfs%3A%2F%2F\(tree)%2Fa%3Fq%3D1", "/ipfs/\(tree)/a?q=1"),
        ("/ipns/?uri=ipns%3A%2F%2Fexample.com%2F", "/ipns/example.com/"),
    ])
    func aURIOfAProtocolHandlerIsRedirected(target: String, location: String) throws {
        let answer = try gateway.get(target)
        #expect(answer.response.status == .movedPermanently)
        #expect(answer.response.fields["Location"] == location)
    }

    @Test(arguments: ["http%3A%2F%2Fx", "nothing", "ipfs%3A%2F%2F", ""])
    func otherURIsAreRefused(uri: String) throws {
        #expect(try gateway.get("/ipfs/?uri=\(uri)").response.status == .badRequest)
    }

    @Test func serviceWorkersDoNotGetANamespace() throws {
        let fields: Fields = ["Service-Worker": "script"]
        #expect(try gateway.get("/ipfs/\(Self.tree)", fields).response.status == .badRequest)
        #expect(try gateway.get("/ipfs/\(Self.tree)/", fields).response.status == .badRequest)
        #expect(try gateway.get("/ipfs/\(Self.tree)/api/", fields).response.status == .ok)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MADEUP"])
    func onlyReadingIsAllowed(method: String) throws {
        let answer = try gateway.answer(Method(rawValue: method), "/ipfs/\(Self.tree)/")
        #expect(answer.response.status == .methodNotAllowed)
        #expect(answer.response.fields["Allow"] == "GET, HEAD, OPTIONS")
        #expect(answer.body.utf8Text == "Method \(method) not allowed: read only access\n")
    }

    @Test func identityCIDsHoldAtMost128Bytes() throws {
        let longest = try gateway.get("/ipfs/" + identityText(byte: 0x42, count: 128))
        #expect(longest.response.status == .ok)
        #expect(longest.body.count == 128)
        let tooLong = try gateway.get("/ipfs/" + identityText(byte: 0x41, count: 129))
        #expect(tooLong.response.status == .badRequest)
        #expect(
            tooLong.body.utf8Text?.contains(
                "digest too large: identity digest got 129 bytes, maximum 128") == true)
    }

    @Test(arguments: ["raw", "car"])
    func theProbeIsAnsweredByAnEmptyStore(format: String) throws {
        let empty = try ScratchGateway()
        #expect(try empty.get("/ipfs/bafkqaaa?format=\(format)").response.status == .ok)
        #expect(try empty.answer(.head, "/ipfs/bafkqaaa?format=\(format)").response.status == .ok)
    }

    @Test func everyAnswerMayBeReadByScripts() throws {
        for target in ["/ipfs/\(Self.tree)/", "/ipfs/\(Self.tree)", "/ipfs/bad", "/nothing"] {
            let fields = try gateway.get(target).response.fields
            #expect(fields["Access-Control-Allow-Origin"] == "*")
            #expect(fields["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS")
        }
    }

    @Test func errorsAreAPageWhereOneIsWantedAndNeverMarkup() throws {
        let answer = try gateway.get("/ipfs/%3Cscript%3E", ["Accept": "text/html"])
        let page = try #require(answer.body.utf8Text)
        #expect(answer.response.fields["Content-Type"] == "text/html; charset=utf-8")
        #expect(page.contains("&lt;script&gt;"))
        #expect(!page.contains("<script>"))
    }

    /// Clients may not read an answer for a long time: what it quotes is short.
    @Test func longNamesAreCutInErrorsAndFileNames() throws {
        let name = String(repeating: "%3C", count: 2_000)
        for accept in ["text/html", "*/*"] {
            let answer = try gateway.get(
                "/ipfs/\(Self.tree)/\(name)?filename=\(name)", ["Accept": accept])
            #expect(answer.response.status == .notFound)
            #expect(answer.body.count < 16_384)
            #expect(answer.body.utf8Text?.contains("…") == true)
        }
        let answer = try gateway.get("/ipfs/bafkqaaa?filename=\(name).txt", [:])
        let disposition = try #require(answer.response.fields["Content-Disposition"])
        #expect(disposition.utf8.count < 8_192 && disposition.contains(".txt"))
    }

    @Test func anAcceptThatCannotBeReadIsToldWhy() throws {
        let many = Array(repeating: "a/b", count: 65).joined(separator: ",")
        for (field, why) in [
            (many, "Accept names more than 64 types"), ("<b>", "\"<b>\" is no media type"),
            ("application/vnd.ipld.raw;q=x", "\"x\" is no quality value"),
        ] {
            let answer = try gateway.get("/ipfs/\(Self.tree)", ["Accept": field])
            #expect(answer.response.status == .badRequest)
            #expect(
                answer.body.utf8Text == "error while processing the Accept header: \(why)\n")
        }
    }

    /// `01 55 00 <varint count>` and the bytes, in base32.
    private func identityText(byte: UInt8, count: Int) -> String {
        let bytes =
            [0x01, 0x55, 0x00, UInt8(count & 0x7F) | 0x80, 0x01]
            + [UInt8](repeating: byte, count: count)
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        var text = "b"
        var (buffer, bits) = (0, 0)
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(digits[buffer >> bits & 31])
            }
        }
        if bits > 0 { text.append(digits[buffer << (5 - bits) & 31]) }
        return text
    }
}
