import Buffers
import Testing

@testable import JSON

/// Long texts are read while they arrive.
@Suite(.timeLimit(.minutes(40)))
struct JSONStreamTests {
    private static let listing = JSONShape.members([
        "Objects": .elements(.members(["Links": .elements(.whole)]))
    ])

    private static let elementByteCountMax = 1 << 20

    private static var stream: JSONStream {
        JSONStream(
            listing, elementByteCountMax: elementByteCountMax, valueByteCountMax: 3 << 20)
    }

    private static let answer = """
        {"Objects" : [ {"Hash":"Qm\\"]}","Links":[{"Name":"a,]}\\\\","Size":1},{"Name":"ü😀"}]},\r
        \t{"Hash":"x","Links":[]},{"Links":null,"More":[1,{"a":[]}]}],"Other":-1.5e3,"Last":true}
        """

    private static func events() throws -> [JSONStream.Event] {
        [
            try value(3, "Hash", #""Qm\"]}""#),
            try value(4, nil, #"{"Name":"a,]}\\","Size":1}"#),
            try value(4, nil, #"{"Name":"ü😀"}"#), .end(depth: 3), .end(depth: 2),
            try value(3, "Hash", #""x""#), .end(depth: 3), .end(depth: 2),
            try value(3, "Links", "null"), try value(3, "More", #"[1,{"a":[]}]"#),
            .end(depth: 2), .end(depth: 1), try value(1, "Other", "-1.5e3"),
            try value(1, "Last", "true"), .end(depth: 0),
        ]
    }

    private static func value(
        _ depth: Int, _ name: String?, _ json: String
    ) throws -> JSONStream.Event {
        .value(
            try JSONReader.read(Bytes(utf8: json)), JSONStream.Place(depth: depth, name: name))
    }

    private static func read(_ pieces: [Bytes]) throws -> [JSONStream.Event] {
        var stream = Self.stream
        var events: [JSONStream.Event] = []
        for piece in pieces { try stream.feed(piece) { events.append($0) } }
        try stream.finish { events.append($0) }
        return events
    }

    @Test func whatIsInAListComesOutInOrder() throws {
        #expect(try Self.read([Bytes(utf8: Self.answer)]) == Self.events())
        #expect(try Self.read([]) == [])
    }

    @Test func aPieceMayEndAnywhere() throws {
        let bytes = Bytes(utf8: Self.answer)
        for end in 0...bytes.count {
            #expect(try Self.read([bytes.prefix(end), bytes.dropFirst(end)]) == Self.events())
        }
        #expect(try Self.read(bytes.array.map { [$0] }) == Self.events())
    }

    @Test func valuesMayFollowEachOther() throws {
        let text = Bytes(utf8: "{}\n{\"Objects\":[]}\n[1,2]\n17")
        #expect(
            try Self.read(text.array.map { [$0] }) == [
                .end(depth: 0), .end(depth: 1), .end(depth: 0),
                Self.value(0, nil, "[1,2]"), Self.value(0, nil, "17"),
            ])
    }

    @Test(arguments: [
        "{", "{\"Objects\":[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{1:2}", "{\"a\":1 2}",
        "{\"Objects\":[{}{}]}", "{\"Objects\":[,]}", "{\"Objects\":[{},]}", "{\"Objects\":[}]",
        "{\"Objects\":[{\"Links\":[}]}]}", "{\"Objects\":{}]", "{\"a\":tru\"e\"}", "{\"a\":[1}]}",
        "{\"a\":01}", "{\"a\" \"b\"}", "]", "nonsense", "{\"a\":\"\u{1}\"}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: (any Error).self) {
            try Self.read(Bytes(utf8: text).array.map { [$0] })
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: JSONError.self) { try Self.read([[0x22, 0xFF, 0x22]]) }
    }

    @Test func aListMayBeLongerThanTheLimitOfAnElement() throws {
        var stream = Self.stream
        var count = 0
        let text = String(repeating: "n", count: 64 << 10)
        let element = Bytes(utf8: "{\"Name\":\"\(text)\"},")
        try stream.feed(Bytes(utf8: "{\"Objects\":[{\"Links\":[")) { _ in }
        for _ in 0...Self.elementByteCountMax / element.count + 1 {
            try stream.feed(element) { event in
                guard case .value(let value, _) = event else { return }
                #expect(value["Name"]?.text == text)
                count += 1
            }
        }
        #expect(count > Self.elementByteCountMax / element.count)
    }

    @Test(arguments: [
        "{\"Objects\":[{\"Links\":[\"", "{\"Objects\":[{\"Hash\":\"", "{\"", "\"", "1",
    ])
    func anElementBeyondTheLimitIsRefused(start: String) throws {
        var stream = Self.stream
        try stream.feed(Bytes(utf8: start)) { _ in }
        let piece = Bytes([UInt8](repeating: UInt8(ascii: "1"), count: 64 << 10))
        #expect(throws: JSONStreamError.self) {
            for _ in 0...Self.elementByteCountMax / piece.count {
                try stream.feed(piece) { _ in }
            }
        }
    }

    /// 80 kB that become more than 3.8 MB.
    @Test func anElementThatBecomesTooMuchIsRefused() throws {
        var stream = Self.stream
        let lists = [[UInt8]](repeating: Array("[0],".utf8), count: 20_000).joined()
        try stream.feed(Bytes(utf8: "{\"Objects\":[{\"Links\":[[")) { _ in }
        try stream.feed(Bytes(Array(lists))) { _ in }
        #expect(throws: JSONError.self) { try stream.feed("0]]}]}") { _ in } }
    }

    @Test func nestingBeyondTheLimitIsRefused() throws {
        let deep = String(repeating: "[", count: 100_000)
        let text = "{\"Objects\":[{\"Links\":[" + deep + String(repeating: "]", count: 100_000)
        #expect(throws: JSONError.self) { try Self.read([Bytes(utf8: text)]) }
    }
}
