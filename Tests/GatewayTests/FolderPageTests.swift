import Buffers
import Content
import Execution
import Gateway
import HTTP
import HTTPServer
import Multiformats
import TestSupport
import Testing

/// The page of a folder, with the strings that tools look for.
@Suite(.timeLimit(.minutes(40)))
struct FolderPageTests {
    private static let root = "bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i"

    private func page(_ path: String) throws -> (page: String, fields: Fields) {
        let gateway = try ScratchGateway()
        try gateway.loadConformanceData()
        let answer = try gateway.get("/ipfs/\(Self.root)\(path)")
        #expect(answer.response.status == .ok)
        return (try #require(answer.body.utf8Text), answer.response.fields)
    }

    @Test func aDeepFolderHasBreadcrumbsParentAndEntries() throws {
        let (page, fields) = try page("/%C4%85/%C4%99/")
        let root = Self.root
        for text in [
            "Index of",
            "/ipfs/<a href=\"/ipfs/\(root)\">\(root)</a>/<a href=\"/ipfs/\(root)/%C4%85\">ą</a>/<a href=\"/ipfs/\(root)/%C4%85/%C4%99\">ę</a>",
            "<a href=\"/ipfs/\(root)/%C4%85/%C4%99/..\">..</a>",
            "<a href=\"/ipfs/\(root)/%C4%85/%C4%99/file-%C5%BA%C5%82.txt\">file-źł.txt</a>",
            "?filename=file-%25C5%25BA%25C5%2582.txt\">",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(fields["Content-Type"] == "text/html")
        #expect(fields["Etag"]?.hasPrefix("\"DirIndex-") == true)
    }

    /// Each crumb with the whole path would make the head grow with the square of the depth.
    @Test func theHeadOfADeepPageIsSmall() throws {
        let gateway = try ScratchGateway()
        var folder = try gateway.store(folder: [])
        for _ in 0..<200 { folder = try gateway.store(folder: [("&&&&&&&&&&&&&&&&&&", folder)]) }
        let path = String(repeating: "&&&&&&&&&&&&&&&&&&/", count: 200)
        let answer = try gateway.get("/ipfs/\(folder.text())/\(path)")
        #expect(answer.response.status == .ok)
        #expect(answer.body.count < 200 << 10)
        #expect(answer.body.utf8Text?.contains("<a href=\"/ipfs/\(folder.text())\">") == true)
    }

    /// It stays in memory that others wait for: a client that takes nothing of it has to go then.
    @Test func aLongHeadThatNobodyTakesHoldsUpOthers() throws {
        let gateway = try ScratchGateway()
        let name = String(repeating: "&", count: 7_900)
        let leaf = try gateway.store(folder: [])
        let inner = try gateway.store(folder: [(String(repeating: "<", count: 60_000), leaf)])
        let root = try gateway.store(folder: [(name, inner)])
        let request = try Request(.get, "/ipfs/\(root.text())/\(name)/")
        guard case .respond(let response) = try gateway.gateway.handler(request),
            case .source(let page, _) = response.body
        else {
            Issue.record("no page")
            return
        }
        defer { page.close() }
        let budget = gateway.library.stateMemory.budget
        #expect(!page.holdsUpOthers && budget.inUse > 0 && budget.inUse < 512 << 10)
        let waiter = Thread(name: "waiter") {
            if budget.acquire(budget.limit, by: soon()) { budget.release(budget.limit) }
        }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(page.holdsUpOthers)
        while try page.next(limit: 32 << 10) != nil {}
        waiter.join()
        #expect(budget.inUse == 0 && !page.holdsUpOthers)
    }

    /// Else those who sort many entries would keep the memory for blocks from those who only read.
    @Test func whoWaitsToSortHoldsNoBlocks() throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let folder = try gateway.store(shardsOf: (0..<1_000).map { ("entry \($0)", leaf) })
        let memory = gateway.library.blockMemory.ordinary
        let budget = gateway.library.stateMemory.budget
        #expect(budget.tryAcquire(budget.limit))
        let rowCount = Pending<Int>()
        let thread = Thread(name: "page") {
            let page = (try? gateway.get("/ipfs/\(folder.text())/"))?.body.utf8Text ?? ""
            rowCount.fulfil(page.split(separator: "<tr>").count { $0.contains(">entry ") })
        }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(budget.waiterCount == 1)
        #expect(comesBack { memory.inUse })
        budget.release(budget.limit)
        #expect(rowCount.value() == 1_000)
        thread.join()
        #expect(comesBack { memory.inUse })
    }

    /// Those of a HAMT come by the hashes of their names; those of one block are in order as they should be,
    /// and shown as they are.
    @Test func entriesComeByNameWhereTheirFolderHasThemSo() throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let names = (0..<300).map { "entry \(1_000 + $0)" }
        func shown(_ folder: CID) throws -> [String] {
            let page = try gateway.get("/ipfs/\(folder.text())/").body.utf8Text ?? ""
            return page.split(separator: "\n").compactMap { line in
                line.firstRange(of: ">entry ").map { "entry " + line[$0.upperBound...].prefix(4) }
            }
        }
        let sharded = try gateway.store(shardsOf: names.map { ($0, leaf) })
        #expect(try shown(sharded) == names)
        let backwards = try gateway.store(folder: names.reversed().map { ($0, leaf) })
        #expect(try shown(backwards) == names.reversed())
    }

    /// Neither markup nor a terminal's commands come out of a name.
    @Test func namesAreShownWithoutControlCharacters() throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let folder = try gateway.store(folder: [("a\u{1B}[31m\u{9B}2J\u{7}\u{0}\r<b>", leaf)])
        let page = try gateway.get("/ipfs/\(folder.text())/").body.utf8Text ?? ""
        #expect(page.contains(">a\u{FFFD}[31m\u{FFFD}2J\u{FFFD}\u{FFFD}\u{FFFD}&lt;b&gt;<"))
        let controls = page.unicodeScalars.filter { $0.properties.generalCategory == .control }
        #expect(controls.allSatisfy { $0 == "\n" })
    }

    /// A name reads as its bytes stand there, in its row and in the path above it; the link leads to them.
    @Test(arguments: ["\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}"])
    func whatTurnsTextAroundIsShownAsACharacter(turn: String) throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let inner = try gateway.store(folder: [("photo\(turn)gpj.exe", leaf)])
        let folder = try gateway.store(folder: [("a\(turn)b", inner)])
        let above = PercentCoding.encode(Bytes(utf8: "a\(turn)b"), keeping: .unreserved)
        let name = PercentCoding.encode(Bytes(utf8: "photo\(turn)gpj.exe"), keeping: .unreserved)
        let page = try gateway.get("/ipfs/\(folder.text())/\(above)/").body.utf8Text ?? ""
        #expect(page.contains("/\(name)\">photo\u{FFFD}gpj.exe</a>"))
        #expect(page.contains("/\(above)\">a\u{FFFD}b</a>"))
        #expect(page.contains("/a\u{FFFD}b</title>"))
        #expect(!page.unicodeScalars.contains(turn.unicodeScalars.first ?? "x"))
    }

    /// Letters that are written from right to left, and the marks that such names need, stay.
    @Test func namesOfAllScriptsAreShownAsTheyAre() throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let name = "\u{200F}\u{5E9}\u{5DC}\u{5D5}\u{5DD}.txt\u{200E}"
        let folder = try gateway.store(folder: [(name, leaf)])
        let page = try gateway.get("/ipfs/\(folder.text())/").body.utf8Text ?? ""
        #expect(page.contains(">\(name)</a>"))
    }

    /// What fails there is an answer with a status of its own: 503 where others have the memory, not 500. And
    /// a row with a long name, which takes many times its length, is not made before there is room for it.
    @Test func theFirstRowIsMadeBeforeTheHeadGoesOutAndLongOnesWait() throws {
        let gateway = try ScratchGateway()
        let leaf = try gateway.store(folder: [])
        let name = String(repeating: "\"", count: 1_000)
        let folder = try gateway.store(folder: (0..<8).map { ("\($0)" + name, leaf) })
        let request = try Request(.get, "/ipfs/\(folder.text())/")
        guard case .respond(let response) = try gateway.gateway.handler(request),
            case .source(let source, _) = response.body
        else {
            Issue.record("a page is made while it is sent")
            return
        }
        defer { source.close() }
        let budget = gateway.library.stateMemory.budget
        let rest = budget.limit - budget.inUse
        #expect(budget.tryAcquire(rest))
        #expect(try source.next(limit: 1 << 20) != nil)
        #expect(try source.next(limit: 1 << 20).map { $0.count > 12 << 10 } == true)
        let (memory, heldNone) = (gateway.library.blockMemory.ordinary, Pending<Bool>())
        let others = Thread(name: "others") {
            let deadline = soon()
            while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            heldNone.fulfil(budget.waiterCount == 1 && memory.inUse == 0)
            budget.release(rest)
        }
        var rowCount = 1
        while let piece = try source.next(limit: 1 << 20), piece.count > 12 << 10 { rowCount += 1 }
        others.join()
        #expect(rowCount == 8)
        #expect(heldNone.value())
    }

    @Test func theRootHasNoParent() throws {
        #expect(try !page("/").page.contains(">..</a>"))
    }

    @Test func theFrameIsSmallAndLoadsNothing() throws {
        let page = try page("/").page
        #expect(page.utf8.count < 16 << 10)
        #expect(!page.contains("<script"))
        #expect(!page.contains("src="))
    }
}
