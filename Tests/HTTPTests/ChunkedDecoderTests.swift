import Buffers
import Testing

@testable import HTTP

/// Chunks of a request body, in pieces of any size, and what is refused in between.
@Suite(.timeLimit(.minutes(40)))
struct ChunkedDecoderTests {
    private struct Decoded: Equatable {
        var payload = ""
        var consumedCount = 0
        var isComplete = false
    }

    /// Feeds a text in pieces of one size.
    private func decode(_ text: String, pieceByteCount: Int = .max) throws -> Decoded {
        var decoder = ChunkedDecoder()
        var output = ByteWriter()
        var result = Decoded()
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + min(pieceByteCount, bytes.count))
            let count = try decoder.decode(bytes.span.extracting(offset..<end), into: &output)
            result.consumedCount += count
            if count < end - offset { break }
            offset = end
        }
        result.isComplete = decoder.isComplete
        result.payload = output.finish().utf8Text ?? "?"
        return result
    }

    static let body =
        "5\r\nhello\r\n00a;name=value;other\r\n, world of\r\nF;q=\"\u{E9}\"\r\n chunks and so \r\n"
        + "2\r\non\r\n0;last\r\nX-One: 1\r\nX-Two:\r\n\r\n"

    @Test func whereThePiecesEndMakesNoDifference() throws {
        let wanted = Decoded(
            payload: "hello, world of chunks and so on", consumedCount: Self.body.utf8.count,
            isComplete: true)
        for size in 1...Self.body.utf8.count {
            #expect(try decode(Self.body, pieceByteCount: size) == wanted, "\(size)")
        }
    }

    @Test func whatFollowsTheBodyIsLeftAlone() throws {
        for size in [1, 3, 1_000] {
            let decoded = try decode(Self.body + "GET / HTTP/1.1\r\n", pieceByteCount: size)
            #expect(decoded.consumedCount == Self.body.utf8.count)
            #expect(decoded.isComplete)
        }
    }

    @Test func aBodyThatBreaksOffIsNotComplete() throws {
        for count in 0..<Self.body.utf8.count {
            let text = String(decoding: Self.body.utf8.prefix(count), as: UTF8.self)
            #expect(try !decode(text, pieceByteCount: 7).isComplete, "\(count)")
        }
    }

    /// A body of one chunk in which one thing is wrong.
    static let refused = [
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\n0\r\nX: y\n\r\n", "5;a=b\nhello\r\n0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhell\r\n0\r\n\r\n", "5\rXhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5\t;a\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
        "5_0\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", ";a\r\nhello\r\n0\r\n\r\n",
        "5;a\u{0}b\r\nhello\r\n0\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "0\r\nX : y\r\n\r\n", "0\r\nX: y\r\n z\r\n\r\n", "0\r\nX\r\n\r\n", "0\r\n: y\r\n\r\n",
        "0\r\nX: a\u{1}b\r\n\r\n", "0\r\nX: y\rz\r\n\r\n", "0\r\n\rX",
        "FFFFFFFFFFFFFFFF\r\n", "10000000000000000\r\n",
    ]

    @Test(arguments: refused)
    func whatTwoProgramsMightReadDifferentlyIsRefused(text: String) {
        for size in [1, 4, 1_000] {
            #expect(throws: HTTPError.self, "\(size)") {
                try decode(text, pieceByteCount: size)
            }
        }
    }

    @Test func whatStandsBetweenChunksHasALimit() throws {
        func text(extensions: Int, trailers: Int) -> String {
            "1;" + String(repeating: "e", count: extensions) + "\r\nx\r\n0\r\nT:"
                + String(repeating: "t", count: trailers) + "\r\n\r\n"
        }
        let most = Limits.chunkExtensionByteCountMax
        // The name, the colon and both line ends count too.
        let longest = Limits.trailerByteCountMax - 5
        #expect(try decode(text(extensions: most, trailers: longest)).isComplete == true)
        for text in [
            text(extensions: most + 1, trailers: 0), text(extensions: 0, trailers: longest + 1),
        ] {
            let error = #expect(throws: HTTPError.self) { try decode(text) }
            #expect(error?.code == .tooLarge)
        }
        #expect(try decode("000000000000001\r\nx\r\n0\r\n\r\n").payload == "x")
        #expect(throws: HTTPError.self) { try decode("0000000000000001\r\nx\r\n0\r\n\r\n") }
    }
}
