import Execution
import TestSupport
import Testing

@testable import BlockStore

/// Stores on a disk that fails and loses its power as a seed says: nothing acknowledged is lost, nothing
/// wrong is served, nothing whole is condemned.
@Suite(.timeLimit(.minutes(40)))
struct ScheduleTests {
    /// `HOLDFAST_TEST_SCHEDULES` and `HOLDFAST_TEST_SEED` ask for more and for others.
    @Test func whatIsAcknowledgedSurvivesFailuresAndPowerCuts() throws {
        let first = TestScale.givenSeed ?? 1
        for number in 0..<UInt64(TestScale.scheduleCount) {
            var schedule = try StoreSchedule(seed: first &+ number)
            try schedule.run()
        }
    }
}
