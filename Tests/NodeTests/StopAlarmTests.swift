import Execution
import Telemetry
import Testing

@testable import Node

/// A stop that does not come to an end.
@Suite(.timeLimit(.minutes(40)))
struct StopAlarmTests {
    @Test func itEndsTheProcessAndSaysWhatForThatDidNotEnd() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
        ) {
            let log = Log(
                level: .info, format: .json, to: File(descriptor: 2, name: "standard error"))
            let alarm = StopAlarm(grace: .milliseconds(10), log) {
                ["GET /ipfs/endless", "POST /api/v0/add"]
            }
            alarm.set(to: .after(.milliseconds(10)))
            _ = Monitor(false).wait(by: .after(.seconds(60))) { $0 ? true : nil }
        }
        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(text.contains("GET /ipfs/endless, POST /api/v0/add"))
    }

    /// It would hang in writing why, with its only signal spent.
    @Test func aFailureEndsTheProcessAlsoWhereNobodyReadsWhy() async {
        await #expect(processExitsWith: .exitCode(1)) {
            let alarm = StopAlarm(grace: .milliseconds(50), .silent) { [] }
            alarm.set(to: .after(.seconds(60)))
            alarm.endAfterFailure()
            _ = Monitor(false).wait(by: .after(.seconds(60))) { $0 ? true : nil }
        }
    }

    @Test func aStopInTimeTurnsItOff() async {
        await #expect(processExitsWith: .success) {
            let alarm = StopAlarm(grace: .milliseconds(50), .silent) { [] }
            alarm.set(to: .after(.milliseconds(10)))
            alarm.end()
            _ = Monitor(false).wait(by: .after(.milliseconds(300))) { $0 ? true : nil }
        }
    }

    @Test func theFirstFewAreNamed() {
        #expect(StopAlarm.shown([]) == "the store")
        #expect(StopAlarm.shown(["GET /a", "GET /b"]) == "GET /a, GET /b")
        let names = (0..<4_352).map { "GET /\($0)" }
        #expect(StopAlarm.shown(Array(names.prefix(8))).hasSuffix(", GET /7"))
        #expect(
            StopAlarm.shown(names)
                == names.prefix(8).joined(separator: ", ") + " and 4344 more")
    }
}
