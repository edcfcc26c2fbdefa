/// An HTTP answer as it stood on the wire.
struct RawAnswerMessage {
    var status = 0
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var trailers: [(name: String, value: String)] = []
    /// Whether the body came to its proper end: the last chunk, or the announced length.
    var isComplete = false

    var text: String { String(decoding: body, as: UTF8.self) }

    func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    init(_ wire: [UInt8]) throws {
        guard let end = RawAnswerMessage.headEnd(of: wire) else { throw NoAnswer(wire: wire) }
        let lines = RawAnswerMessage.lines(wire[..<end])
        status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        fields = lines.dropFirst().compactMap(RawAnswerMessage.pair)
        let rest = wire[(end + 4)...]
        if field("Transfer-Encoding") == "chunked" {
            readChunks(rest)
        } else {
            body = Array(rest)
            isComplete = field("Content-Length").map { Int($0) == body.count } ?? true
        }
    }

    private mutating func readChunks(_ wire: ArraySlice<UInt8>) {
        var rest = wire
        while let lineEnd = RawAnswerMessage.lineEnd(in: rest) {
            let head = String(decoding: rest[rest.startIndex..<lineEnd], as: UTF8.self)
            guard let size = Int(head, radix: 16) else { return }
            rest = rest[(lineEnd + 2)...]
            if size == 0 {
                trailers = RawAnswerMessage.lines(rest).compactMap(RawAnswerMessage.pair)
                isComplete = rest.suffix(2).elementsEqual("\r\n".utf8)
                return
            }
            body += rest.prefix(size)
            guard rest.count >= size + 2 else { return }
            rest = rest.dropFirst(size + 2)
        }
    }

    private static func headEnd(of wire: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard wire.count >= 4 else { return nil }
        return (0...wire.count - 4).first { wire[$0..<$0 + 4].elementsEqual(mark) }
    }

    private static func lineEnd(in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == 13 && bytes[$0 + 1] == 10 }
    }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    private static func pair(_ line: String) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return (String(line[..<colon]), String(value))
    }

    struct NoAnswer: Error {
        let wire: [UInt8]
    }
}
