import Testing
import UnixFS

/// What `--chunker` accepts, and Kubo's words for what it refuses.
@Suite(.timeLimit(.minutes(40)))
struct ChunkerSpecificationTests {
    @Test(arguments: [
        ("foo", "unrecognized chunker option: foo"),
        ("buzhash-1", "unrecognized chunker option: buzhash-1"),
        ("size", "unrecognized chunker option: size"),
        ("size--1", "incorrect chunker string format (expected size-{size})"),
        ("size-x", "incorrect chunker string format (expected size-{size})"),
        ("size-", "incorrect chunker string format (expected size-{size})"),
        ("size-99999999999999999999", "incorrect chunker string format (expected size-{size})"),
        ("size-0", "chunker size must be greater than 0"),
        ("size-2096897", tooLong),
        ("rabin-100-200-2096897", tooLong),
        ("rabin-1397932", tooLong),
        ("rabin-9223372036854775807", tooLong),
        ("rabin-15-100-200", "rabin min must be greater than 16"),
        ("rabin-47", "rabin min must be greater than 16"),
        ("rabin-0", "rabin min must be greater than 16"),
        ("rabin-100-100-200", "incorrect format: rabin-min must be smaller than rabin-avg"),
        ("rabin-100-200-200", "incorrect format: rabin-avg must be smaller than rabin-max"),
        (
            "rabin-1-2",
            "incorrect format (expected 'rabin' 'rabin-[avg]' or 'rabin-[min]-[avg]-[max]'"
        ),
        (
            "rabin-1-2-3-4",
            "incorrect format (expected 'rabin' 'rabin-[avg]' or 'rabin-[min]-[avg]-[max]'"
        ),
        ("rabin-mean:16-avg:100-max:200", "first label must be min"),
        ("rabin-min:16-mean:100-max:200", "second label must be avg"),
        ("rabin-min:16-avg:100-top:200", "final label must be max"),
    ])
    func aBadChunkerIsRefusedInKubosWords(text: String, message: String) {
        #expect(throws: UnixFSError(.invalidOption, message)) {
            try Chunker.Specification(parsing: text)
        }
    }

    @Test(arguments: [
        ("", Chunker.Specification.fixed(262_144)),
        ("default", .fixed(262_144)),
        ("size-1", .fixed(1)),
        ("size-2096896", .fixed(2_096_896)),
        ("rabin", .rabin(minimum: 87_381, average: 262_144, maximum: 393_216)),
        ("rabin-262144", .rabin(minimum: 87_381, average: 262_144, maximum: 393_216)),
        ("rabin-48", .rabin(minimum: 16, average: 48, maximum: 72)),
        ("rabin-1397931", .rabin(minimum: 465_977, average: 1_397_931, maximum: 2_096_896)),
        ("rabin-16-17-18", .rabin(minimum: 16, average: 17, maximum: 18)),
        ("rabin-min:16-avg:100-max:200", .rabin(minimum: 16, average: 100, maximum: 200)),
        ("buzhash", .buzhash),
    ])
    func aGoodChunkerIsRead(text: String, specification: Chunker.Specification) throws {
        #expect(try Chunker.Specification(parsing: text) == specification)
        #expect(try Chunker.Specification(parsing: specification.text) == specification)
    }

    private static let tooLong =
        "chunker parameters may not exceed the maximum chunk size of 2096896"
}
