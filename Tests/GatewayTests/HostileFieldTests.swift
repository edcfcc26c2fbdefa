import Buffers
import Content
import Execution
import Gateway
import HTTP
import HTTPServer
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// The fields of answers on the wire, where paths, names, times and CIDs come from strangers.
@Suite(.timeLimit(.minutes(40)))
struct HostileFieldTests {
    private let scratch: ScratchGateway
    private let reports = Locked<[String]>([])

    init() throws { scratch = try ScratchGateway() }

    private static let names: [Bytes] = [
        "plain", "a\r\nX-Injected: 1", "\r\n\r\n<script>", "\u{0}", "a\u{0}b", "\u{1}\u{1F}\u{7F}",
        "\"quoted\"; filename=\"x\"", "%2F", "a%0d%0ab", "\u{202E}gnp.exe", "e\u{301}",
        "\u{85}\u{9B}2J", "a;b,c", " ", "\t", [0xFF, 0xFE], [0x01, 0xC3, 0x28, 0x22],
        "'; filename*=UTF-8''y",
        Bytes([UInt8](repeating: 1, count: 1_200)), Bytes([UInt8](repeating: 0xE9, count: 1_200)),
    ]

    @Test(arguments: names)
    func everyAnswerIsWellFormedAndHasItsFields(name: Bytes) throws {
        let root = try tree(name)
        let coded = PercentCoding.encode(name, keeping: .unreserved)
        let path = "/ipfs/\(root)/\(coded)"
        let always = ["X-Ipfs-Path", "X-Ipfs-Roots"]
        let content = always + ["Etag", "Cache-Control"]
        let download = content + ["Content-Disposition"]
        let cases: [(target: String, fields: String, status: Int, wanted: [String])] = [
            (path, "", 200, content + ["Last-Modified", "Accept-Ranges"]),
            (path + "?download=true", "", 200, download),
            (path + "?filename=\(coded)", "", 200, download),
            (path + "?format=raw", "", 200, download),
            (path + "?format=car", "", 200, download),
            (path + "?format=tar", "", 200, download),
            (path, "Accept: application/vnd.ipld.raw\r\n", 200, download + ["Content-Location"]),
            (path, "If-None-Match: *\r\n", 304, ["Etag", "X-Ipfs-Path", "Cache-Control"]),
            (path, "Range: bytes=99-\r\n", 416, always),
            ("/ipfs/\(root)/d/\(coded)", "", 301, always + ["Location"]),
            ("/ipfs/\(root)/d/\(coded)/", "", 200, content),
            (path + "/none", "", 404, ["X-Ipfs-Path"]),
            ("/ipfs/\(root)/none\(coded)", "Accept: text/html\r\n", 404, ["X-Ipfs-Path"]),
            (path + "?format=dag-json", "", 406, always),
        ]
        try withListener { port in
            for one in cases {
                let head = try head(one.target, one.fields, port)
                #expect(head.status == one.status, "\(one)")
                for name in one.wanted {
                    #expect(head.names.contains(name), "\(name) is missing: \(one)")
                }
                #expect(!head.names.contains("X-Injected"))
                check(head)
            }
        }
        #expect(reports.withLock { $0 } == [])
    }

    @Test(arguments: [Multibase.identity, .base256emoji, .base64, .base64pad, .base16upper])
    func anyBaseOfACIDMakesWellFormedFields(base: Multibase) throws {
        let link = DagPBLink(cid: Self.identity("x", .raw), name: "<b>\n", tsize: 1)
        let folder = DagPBNode(links: [link], data: UnixFSData(type: .directory).encode()).encode()
        let cid = Self.identity(folder, .dagPB)
        let coded = PercentCoding.encode(cid.text(in: base), keeping: .unreserved)
        try withListener { port in
            for rest in [
                "", "/", "/%3Cb%3E%0A", "/%3Cb%3E%0A?download=true", "?format=car", "/none",
            ] {
                let head = try head("/ipfs/\(coded)\(rest)", "", port)
                #expect(head.status != 400 && head.status != 500, "\(rest): \(head)")
                #expect(head.names.contains("X-Ipfs-Path"), "\(rest): \(head)")
                if head.status < 400 {
                    #expect(head.values["X-Ipfs-Roots"]?.hasPrefix(cid.text()) == true)
                }
                check(head)
            }
            let page = try whole("/ipfs/\(coded)/", "", port)
            #expect(!page.contains("<b>"))
        }
        #expect(reports.withLock { $0 } == [])
    }

    @Test(arguments: [
        ("/ipfs/ipfs/bafkqaaa/\u{107}\u{202E}\"", 301),
        ("/ipfs/?uri=ipfs%3A%2F%2Fbafkqaaa%22%3C", 301),
        ("/ipfs/bafkqaaa/" + String(repeating: "a", count: 100_000), 414),
        ("/ipfs/bafkqaaa" + String(repeating: "/%01", count: 2_000), 400),
    ])
    func whatIsRefusedOrSentElsewhereIsWellFormed(target: String, status: Int) throws {
        try withListener { port in
            let head = try head(target, "", port)
            #expect(head.status == status || (status == 414 && head.status == 431))
            check(head)
        }
        #expect(reports.withLock { $0 } == [])
    }

    @Test func aRedirectAsLongAsAURLCanBeGoesOut() throws {
        let name = Bytes([UInt8](repeating: 1, count: 5_000))
        let root = try tree(name)
        let coded = PercentCoding.encode(name, keeping: .unreserved)
        try withListener(targetByteCountMax: 16 * 1_024) { port in
            let head = try head("/ipfs/\(root)/d/\(coded)", "", port)
            #expect(head.status == 301)
            #expect(head.values["Location"] == "/ipfs/\(root)/d/\(coded)/")
            #expect(head.values["X-Ipfs-Path"] == "/ipfs/\(root)/d/\(coded)")
        }
        #expect(reports.withLock { $0 } == [])
    }

    /// Names that are not UTF-8 look alike where they are shown, and are not the same.
    @Test(arguments: ["?format=car", "?format=car&dag-scope=block"])
    func tagsTellNamesApart(form: String) throws {
        let leaf = try store(DagPBNode())
        let names: [Bytes] = [[0xff], [0xfe], [0xc3], [0xef, 0xbf, 0xbd], [0xc3, 0xa9], [0x65]]
        let root = try folder(names.map { ($0, leaf) })
        try withListener { port in
            let tags = try names.map { name in
                let coded = PercentCoding.encode(name, keeping: .unreserved)
                return try head("/ipfs/\(root)/\(coded)\(form)", "", port).values["Etag"]
            }
            #expect(tags.allSatisfy { $0?.hasPrefix("W/") == true })
            #expect(Set(tags).count == names.count)
        }
    }

    // MARK: content

    /// A folder with a file of a name, and a folder `d` with a folder of that name.
    private func tree(_ name: Bytes) throws -> CID {
        var file = UnixFSData(type: .file)
        file.data = "content"
        file.fileSize = 7
        file.metadata.mtime = ModificationTime(seconds: -62_135_596_800)
        let leaf = try store(DagPBNode(data: file.encode()))
        let empty = try folder([])
        return try folder([(name, leaf), ("d", folder([(name, empty)]))])
    }

    /// A link holds the name in three codings: of a name of 2 MiB a page would be 17 MiB.
    @Test func aNameThatIsTooLongForALinkIsShownByItsLength() throws {
        let leaf = try folder([])
        let names = [1 << 10, (1 << 10) + 1, 1_900_000].map {
            Bytes([UInt8](repeating: UInt8(ascii: "<"), count: $0))
        }
        let root = try folder(names.map { (name: $0, cid: leaf) })
        let page = try scratch.get("/ipfs/\(root)/").body.utf8Text ?? ""
        let rows = page.split(separator: "<tr>").dropFirst()
        #expect(rows.count == 3)
        #expect(rows.allSatisfy { $0.contains("/ipfs/\(leaf)") })
        #expect(rows.count { $0.contains("\u{2026} (a name of ") } == 2)
        #expect(page.contains("(a name of 1900000 bytes)"))
        #expect(page.utf8.count < 40_000)
    }

    private func folder(_ links: [(name: Bytes, cid: CID)]) throws -> CID {
        try store(
            DagPBNode(
                links: links.map { DagPBLink(cid: $0.cid, nameBytes: $0.name, tsize: 1) },
                data: UnixFSData(type: .directory).encode()))
    }

    private func store(_ node: DagPBNode) throws -> CID {
        let context = RequestContext(deadline: soon())
        var naming = BlockWriter.Naming()
        naming.codec = .dagPB
        return try BlockWriter(scratch.library.access(for: context)).put(
            node.encode(), naming: naming)
    }

    private static func identity(_ bytes: Bytes, _ codec: Multicodec) -> CID {
        .v1(codec, Multihash(code: .identity, digest: bytes))
    }

    // MARK: the wire

    private struct Head {
        var status = 0
        var lines: [[UInt8]] = []
        var values: [String: String] = [:]
        var names: Set<String> { Set(values.keys) }
    }

    private func withListener(
        targetByteCountMax: Int = 8 * 1_024, _ body: (UInt16) throws -> Void
    ) throws {
        var options = ListenerOptions(name: "test", address: .tcp(host: "127.0.0.1", port: 0))
        options.targetByteCountMax = targetByteCountMax
        options.errorLog = { [reports] text in reports.withLock { $0.append(text) } }
        let listener = try Listener(options, handler: scratch.gateway.handler)
        defer { listener.stop() }
        try body(try #require(listener.port))
    }

    private func whole(_ target: String, _ fields: String, _ port: UInt16) throws -> String {
        RawClient(port: port).exchange(
            "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
    }

    private func head(_ target: String, _ fields: String, _ port: UInt16) throws -> Head {
        let text = try whole(target, fields, port)
        let bytes = Array(text.utf8)
        let end = try #require(
            bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) }, "\(text)")
        var head = Head()
        // By bytes: CR and LF are one Character.
        for line in Bytes(Array(bytes[..<end])).split(separator: UInt8(ascii: "\n")) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast(1) : line
            head.lines.append(line.array)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), head.lines.count > 1 else {
                continue
            }
            head.values[line.prefix(colon).displayText] = line.dropFirst(colon + 2).displayText
        }
        let status = head.lines[0].dropFirst("HTTP/1.1 ".utf8.count).prefix(3)
        head.status = Int(String(decoding: status, as: UTF8.self)) ?? 0
        return head
    }

    /// Every line is a name, a colon and a value without control characters; what stands in quotes
    /// or in a URL is ASCII.
    private func check(_ head: Head) {
        for line in head.lines.dropFirst() {
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? 0
            let text = String(decoding: line, as: UTF8.self)
            #expect(String(decoding: line[..<colon], as: UTF8.self).isToken, "\(text)")
            // Those above U+0080 may stand in a field; a terminal obeys them all the same.
            let isControl = text.unicodeScalars.contains {
                $0.properties.generalCategory == .control
            }
            #expect(!isControl, "\(text)")
        }
        for name in ["Location", "Content-Location", "Etag", "Content-Disposition"] {
            guard let value = head.values[name] else { continue }
            #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(name): \(value)")
        }
        if let tag = head.values["Etag"] { #expect(EntityTag(parsing: tag) != nil, "\(tag)") }
        if let date = head.values["Last-Modified"] { #expect(HTTPDate(parsing: date) != nil) }
        if let value = head.values["Content-Disposition"] {
            #expect((try? ContentDisposition(parsing: Bytes(utf8: value))) != nil, "\(value)")
            #expect(value.utf8.count { $0 == UInt8(ascii: "\"") } == 2, "\(value)")
        }
    }
}
