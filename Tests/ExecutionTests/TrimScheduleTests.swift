import Testing

@testable import Execution

struct TrimScheduleTests {
    private func schedule() -> TrimSchedule {
        TrimSchedule(
            every: .seconds(4), after: .milliseconds(40), largeAbove: 400, keepingAtMost: 50)
    }

    private func look(
        after elapsed: Duration = .seconds(1), worked: Duration = .seconds(1), own: UInt64 = 100
    ) -> TrimSchedule.Look {
        TrimSchedule.Look(elapsed: elapsed, worked: worked, ownByteCount: own)
    }

    @Test func aTrimComesAfterItsTimeAndWork() {
        var schedule = schedule()
        let trims = [
            look(after: .milliseconds(3_999)), look(after: .seconds(4)),
            look(after: .seconds(400), worked: .milliseconds(39)),
        ].map { schedule.on($0) { 60 }.trims }
        #expect(trims == [false, true, false])
    }

    @Test func aLargeProcessTrimsEightTimesAsOften() {
        var schedule = schedule()
        let actions = [400, 401, 301, 300].map { own in
            schedule.on(look(after: .milliseconds(500), own: own)) { own }
        }
        #expect(actions.map(\.changesSize) == [false, true, false, true])
        #expect(actions.map(\.trims) == [false, true, true, false])
    }

    private func trims(_ schedule: inout TrimSchedule, own: UInt64, used: UInt64) -> Bool {
        schedule.on(look(own: own)) { used }.trims
    }

    @Test func muchThatWasFreedIsGivenBackSoon() {
        var schedule = schedule()
        var isDue = [100, 150, 151].map { trims(&schedule, own: $0, used: 90) }
        #expect(isDue == [false, false, true])
        // What a trim could not give back is no reason for the next one.
        schedule.noteTrim(ownByteCount: 140, usedByteCount: 90, took: .zero)
        isDue = [190, 191].map { trims(&schedule, own: $0, used: 90) }
        #expect(isDue == [false, true])
        // What is in use can be more than there was a moment before.
        let isDueWithMore = trims(&schedule, own: 10, used: 20)
        #expect(!isDueWithMore)
    }

    /// At most a tenth of a processor.
    @Test func aTrimThatTookLongIsFollowedByALongPause() {
        var schedule = schedule()
        schedule.noteTrim(ownByteCount: 100, usedByteCount: 100, took: .milliseconds(100))
        let pauses: [Duration] = [.milliseconds(999), .milliseconds(1_000)]
        #expect(
            pauses.map { schedule.on(look(after: $0, own: 300)) { 100 }.trims } == [false, true])
    }

    @Test func whatIsInUseIsAskedForOnlyWhereItMatters() {
        var schedule = schedule()
        var count = 0
        for look in [look(after: .milliseconds(499)), look(worked: .zero), look(own: 500)] {
            _ = schedule.on(look) {
                count += 1
                return 0
            }
        }
        #expect(count == 0)
    }

    @Test func aProcessWhoseMemoryIsNotKnownStaysWhatItWas() {
        var schedule = schedule()
        let actions = [500, nil, 500, 100, nil, 100].map { own in
            schedule.on(TrimSchedule.Look(elapsed: .zero, worked: .zero, ownByteCount: own)) { 0 }
        }
        #expect(actions.map(\.changesSize) == [true, false, false, true, false, false])
        // It trims in its time.
        let unknown = TrimSchedule.Look(
            elapsed: .seconds(4), worked: .seconds(1), ownByteCount: nil)
        let trims = schedule.on(unknown) { 0 }.trims
        #expect(trims)
        schedule.noteTrim(ownByteCount: nil, usedByteCount: 10, took: .zero)
        let isDue = [100, 150, 151].map { self.trims(&schedule, own: $0, used: 90) }
        #expect(isDue == [false, false, true])
    }
}
