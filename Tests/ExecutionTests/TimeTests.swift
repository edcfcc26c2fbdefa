import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
struct TimeTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (1_700_000_000, "2023-11-14T22:13:20.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (4_102_444_799, "2099-12-31T23:59:59.000Z"),
        (.min, "0001-01-01T00:00:00.000Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799, "9999-12-31T23:59:59.000Z"), (.max, "9999-12-31T23:59:59.000Z"),
    ])
    func timesOfDayAreWrittenAsRFC3339(seconds: Int64, text: String) {
        #expect(WallTime(seconds: seconds).rfc3339 == text)
    }

    @Test(arguments: [999_999_999, 1_000_000_000, 2_147_483_648, UInt32.max])
    func nanosecondsStayWithinTheirSecond(nanoseconds: UInt32) {
        let time = WallTime(seconds: 0, nanoseconds: nanoseconds)
        #expect(time.rfc3339 == "1970-01-01T00:00:00.999Z")
    }

    @Test func deadlinesCompareAndPass() {
        #expect(Deadline.at(Instant(nanoseconds: 1)).hasPassed)
        #expect(!Deadline.never.hasPassed)
        #expect(!Deadline.after(.seconds(100)).hasPassed)
        let soon = Deadline.at(Instant(nanoseconds: 5))
        #expect(soon.earlier(.never) == soon)
        #expect(Deadline.never.earlier(soon) == soon)
        #expect(Deadline.never.remaining == nil)
    }

    @Test func veryLongDurationsDoNotOverflow() {
        #expect(Instant(nanoseconds: 10).advanced(by: .seconds(Int64.max)).nanoseconds == .max)
        #expect(Duration.seconds(-5).wholeNanoseconds == 0)
        // The last whole second of 64 bits, and nanoseconds that are too many for its rest.
        let last = Duration.seconds(18_446_744_073) + .nanoseconds(999_999_999)
        #expect(last.wholeNanoseconds == .max)
        #expect(Deadline.after(last).hasPassed == false)
        #expect(Instant(nanoseconds: .max).elapsed(since: Instant(nanoseconds: 0)) > .zero)
    }
}
