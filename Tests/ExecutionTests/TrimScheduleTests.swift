import Testing

@testable import Execution

struct TrimScheduleTests {
    private func schedule() -> TrimSchedule {
        TrimSchedule(
            every: .seconds(4), after: .milliseconds(40), largeAbove: 400, keepingAtMost: 50)
    }

    private func look(
        after elapsed: Duration = .seconds(1), worked: Duration = .seconds(1),
        own: UInt64 = 100, used: UInt64 = 60
    ) -> TrimSchedule.Look {
        TrimSchedule.Look(
            elapsed: elapsed, worked: worked, ownByteCount: own, usedByteCount: used)
    }

    @Test func aTrimComesAfterItsTimeAndWork() {
        var schedule = schedule()
        let isDue = [
            schedule.isDue(look(after: .milliseconds(3_999))),
            schedule.isDue(look(after: .seconds(4))),
            schedule.isDue(look(after: .seconds(400), worked: .milliseconds(39))),
        ]
        #expect(isDue == [false, true, false])
    }

    @Test func aLargeProcessTrimsEightTimesAsOften() {
        var schedule = schedule()
        var (changes, isDue): ([Bool], [Bool]) = ([], [])
        for own in [400, 401, 301, 300] as [UInt64] {
            changes.append(schedule.changesSize(look(own: own)))
            isDue.append(schedule.isDue(look(after: .milliseconds(500))))
        }
        #expect(changes == [false, true, false, true])
        #expect(isDue == [false, true, true, false])
    }

    @Test func muchThatWasFreedIsGivenBackAtOnce() {
        var schedule = schedule()
        var isDue = [
            schedule.isDue(look(own: 100, used: 90)), schedule.isDue(look(own: 150, used: 90)),
            schedule.isDue(look(own: 151, used: 90)),
            schedule.isDue(look(worked: .zero, own: 151, used: 90)),
        ]
        #expect(isDue == [false, false, true, false])
        // What a trim could not give back is no reason for the next one.
        schedule.noteTrim(look(own: 140, used: 90))
        isDue = [
            schedule.isDue(look(own: 190, used: 90)), schedule.isDue(look(own: 191, used: 90)),
        ]
        #expect(isDue == [false, true])
        // Nor is what comes back of what went otherwise meanwhile, such as threads.
        isDue = [
            schedule.isDue(look(own: 100, used: 95)), schedule.isDue(look(own: 145, used: 90)),
            schedule.isDue(look(own: 146, used: 90)),
        ]
        #expect(isDue == [false, false, true])
    }

    /// The two are not read at one moment.
    @Test func moreInUseThanThereIsCountsAsNothing() {
        #expect(look(own: 10, used: 20).unusedByteCount == 0)
    }
}
