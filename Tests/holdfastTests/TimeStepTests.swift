import Buffers
import Execution
import TestSupport
import Testing

@testable import holdfast

/// A file that was changed a moment ago is waited for: another change in the same step of its file system's
/// clock would leave the same times.
@Suite(.timeLimit(.minutes(40)))
struct TimeStepTests {
    private static let moment = WallTime(seconds: 1_000, nanoseconds: 0)
    private static let fineMoment = WallTime(seconds: 1_000, nanoseconds: 4_000_000)

    @Test(
        arguments: [
            (moment, moment, .seconds(2)),
            (moment, WallTime(seconds: 1_001, nanoseconds: 500_000_000), .milliseconds(500)),
            (moment, WallTime(seconds: 1_002), .zero),
            (moment, WallTime(seconds: 999, nanoseconds: 999_999_999), .zero),
            (moment, WallTime(seconds: .max), .zero), (moment, WallTime(seconds: .min), .zero),
            (WallTime(seconds: .min), moment, .zero), (WallTime(seconds: .max), moment, .zero),
            (fineMoment, fineMoment, .milliseconds(10)),
            (
                fineMoment, WallTime(seconds: 1_000, nanoseconds: 5_000_000),
                .milliseconds(9)
            ),
            (fineMoment, WallTime(seconds: 1_000, nanoseconds: 14_000_000), .zero),
            (fineMoment, moment, .zero),
            (
                WallTime(seconds: 1_000, nanoseconds: 999_000_000),
                WallTime(seconds: 1_001, nanoseconds: 1_000_000), .milliseconds(8)
            ),
        ] as [(WallTime, WallTime, Duration)])
    private func theWaitEndsWithTheStep(_ changed: WallTime, _ now: WallTime, _ wait: Duration) {
        #expect(TimeStep.wait(after: changed, at: now) == wait)
    }

    @Test func aFileJustWrittenIsReadAsItIsWhenItsStepIsOver() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", "x")
        let reading = try FileReading(place.path("f"))
        let changed = try File.status(of: place.path("f")).statusChanged
        #expect(TimeStep.wait(after: changed, at: .now) == .zero)
        #expect(try reading.next() == "x")
        #expect(try reading.next().isEmpty)
    }

    @Test func aFileThatIsNeverLeftAloneIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", "x")
        let path = place.path("f")
        let file = try File(path, .append)
        var last = try file.status()
        var lookCount = 0
        let error = #expect(throws: AddError.self) {
            try TimeStep.settle(last, of: path, now: { last.statusChanged }) {
                lookCount += 1
                try file.write("x")
                last = try file.status()
                return last
            }
        }
        #expect(error?.description.contains("again and again") == true)
        #expect(lookCount == Limits.timeStepsMax)
    }
}
