import Buffers
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct RPCRequestTests {
    private func request(_ arguments: [Bytes]) -> RPCRequest {
        var request = RPCRequest(["pin", "add"])
        request.arguments = arguments
        return request
    }

    private func text(of body: (any RPCBody)?) throws -> [Bytes] {
        var pieces: [Bytes] = []
        while let piece = try body?.next() { pieces.append(piece) }
        return pieces
    }

    @Test func argumentsAndOptionsAreBytes() {
        var request = request([[0xFF, 0x26], Bytes(utf8: "/\u{301}")])
        request.options = [("pin-name", [0xCC, 0x81])]
        #expect(
            request.target == "/api/v0/pin/add?arg=%FF%26&arg=%2F%CC%81&pin-name=%CC%81"
                + "&encoding=json&stream-channels=true")
    }

    @Test func aShortListStaysInTheTarget() throws {
        let fitting = try request(["a", "b\n", ""]).fitting { true }
        #expect(fitting.body == nil && fitting.arguments == ["a", "b\n", ""])
    }

    @Test func aLongListGoesIntoTheBodyInItsOrder() throws {
        let arguments = (0..<100_000).map { Bytes(utf8: "argument \($0)") }
        let fitting = try request(arguments).fitting { true }
        #expect(fitting.target == "/api/v0/pin/add?encoding=json&stream-channels=true")
        let pieces = try text(of: fitting.body)
        #expect(pieces.allSatisfy { $0.count <= Limits.uploadPieceByteCount + 100 })
        let lines = pieces.joined(separator: .empty).split(separator: UInt8(ascii: "\n"))
        // Three lines of the part's head and a blank one, the arguments, a blank line, the end.
        #expect(Array(lines.dropFirst(4).dropLast(2)) == arguments)
    }

    /// Kubo passes over a list in the body of these, and answers for none, for one or for all.
    @Test(arguments: [["pin", "ls"], ["block", "rm"], ["dag", "stat"], ["swarm", "connect"]])
    func someListsGoIntoTheBodyForHoldfastAlone(words: [String]) throws {
        var request = RPCRequest(words)
        request.arguments = (0..<1_000).map { Bytes(utf8: "argument \($0)") }
        let forOthers = try request.fitting { false }
        #expect(forOthers.body == nil && forOthers.arguments == request.arguments)
        #expect(try request.fitting { true }.body != nil)
        request.arguments = ["short"]
        #expect(try request.fitting { throw NodeError("not to be asked") }.body == nil)
    }

    @Test(arguments: ["cat", "cid format", "ls", "pin add", "pin rm", "refs"])
    func otherListsGoIntoTheBodyForAll(command: String) throws {
        var request = RPCRequest(command.split(separator: " ").map(String.init))
        request.arguments = (0..<1_000).map { Bytes(utf8: "argument \($0)") }
        #expect(try request.fitting { throw NodeError("not to be asked") }.body != nil)
    }

    @Test(arguments: ["", "a\nb", "a\r"] as [Bytes])
    func whatCannotStandOnALineIsRefused(argument: Bytes) {
        let long = (0..<1_000).map { Bytes(utf8: "argument \($0)") }
        let error = #expect(throws: UsageError.self) {
            try request(long + [argument]).fitting { true }
        }
        #expect(error?.message.hasPrefix("argument 1001 ") == true)
    }

    @Test func oneLongArgumentGoesIntoTheBodyToo() throws {
        let one = Bytes([UInt8](repeating: 0x61, count: 9_000_000))
        let fitting = try request([one]).fitting { true }
        #expect(fitting.target == "/api/v0/pin/add?encoding=json&stream-channels=true")
        let lines = try text(of: fitting.body).joined(separator: .empty)
            .split(separator: UInt8(ascii: "\n"))
        #expect(lines.contains(one))
    }

    @Test func oneArgumentWithALineBreakStaysInTheTarget() throws {
        let one = Bytes([UInt8](repeating: 0x61, count: 20_000)).appending("\n")
        #expect(try request([one]).fitting { true }.arguments == [one])
    }

    /// A node reads no list from the body for `pin update`, whose arguments are two.
    @Test(arguments: [["pin", "update"], ["add"], ["unknown"]])
    func whatTheBodyCannotHoldStaysInTheTarget(words: [String]) throws {
        var request = RPCRequest(words)
        request.arguments = [Bytes([UInt8](repeating: 0x61, count: 20_000)), "b"]
        #expect(try request.fitting { true }.arguments == request.arguments)
    }

    @Test func whatIsTooLongForEveryNodeIsRefused() throws {
        let long = Bytes([UInt8](repeating: 0x61, count: 9_000_000))
        var update = RPCRequest(["pin", "update"])
        update.arguments = ["a", long]
        var named = request([long])
        named.options = [("pin-name", long)]
        var upload = RPCRequest(["add"])
        upload.options = [("ignore", long)]
        upload.body = ArgumentsBody(["x"])
        for request in [update, named, upload] {
            let error = #expect(throws: UsageError.self) { try request.fitting { true } }
            #expect(error?.message.contains("no node takes more") == true)
        }
    }
}
