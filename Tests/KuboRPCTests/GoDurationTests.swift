import Testing

@testable import KuboRPC

@Suite(.timeLimit(.minutes(40)))
struct GoDurationTests {
    @Test(arguments: [
        ("30s", Duration.seconds(30)), ("5000ms", .seconds(5)), ("1h5m", .seconds(3900)),
        ("1.5h", .seconds(5400)), ("0", .zero), ("-1s", .seconds(-1)), ("2us", .microseconds(2)),
        ("\u{b5}7\u{b5}s".dropFirst().description, .microseconds(7)), (".5s", .milliseconds(500)),
        ("1m0s", .seconds(60)),
    ])
    func durationsAreReadAsGoWritesThem(text: String, expected: Duration) {
        #expect(GoDuration.parse(text) == expected)
    }

    @Test(arguments: ["", "s", "5", "5x", "1h5", "--1s", ".s", "1e3s", "9999999999h", "1..5s"])
    func whatIsNoDurationIsRefused(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }
}
