import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct QuantityTextTests {
    @Test(
        arguments: [
            ("0", 0), ("65536", 65_536), ("64KiB", 65_536), ("1.5 GiB", 3 << 29),
            ("10GB", 10_000_000_000),
            ("7B", 7),
        ] as [(String, UInt64)])
    func sizesAreRead(text: String, count: UInt64) {
        #expect(ByteCountText.read(text) == count)
    }

    @Test(arguments: ["", "x", "-1", "1 KiBi", "KiB", "99999999TiB", "1e3MiB"])
    func otherTextsAreNoSizes(text: String) {
        #expect(ByteCountText.read(text) == nil)
    }

    @Test(
        arguments: [
            ("30s", .seconds(30)), ("1h5m", .seconds(3_900)), ("1.5s", .milliseconds(1_500)),
            ("200ms", .milliseconds(200)), ("0s", .zero),
        ] as [(String, Duration)])
    func durationsAreReadAndWritten(text: String, duration: Duration) {
        #expect(DurationText.read(text) == duration)
        #expect(DurationText.read(DurationText.text(duration)) == duration)
    }

    @Test(arguments: ["", "5", "s", "1x", "-1s", "1s2"])
    func otherTextsAreNoDurations(text: String) {
        #expect(DurationText.read(text) == nil)
    }
}
