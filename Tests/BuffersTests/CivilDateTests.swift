import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct CivilDateTests {
    /// The days count on without a gap from the first year to the last.
    @Test func everyDayFollowsTheOneBefore() {
        var days = CivilDate.days(year: 1, month: 1, day: 1)
        #expect(days * 86_400 == CivilDate.seconds.lowerBound)
        for year in 1...9999 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (index, length) in lengths.enumerated() {
                for day in [1, length] {
                    let date = CivilDate(days: days + Int64(day - 1))
                    guard date?.year == year, date?.month == index + 1, date?.day == day,
                        CivilDate.days(year: year, month: index + 1, day: day)
                            == days + Int64(day - 1)
                    else {
                        Issue.record("\(year)-\(index + 1)-\(day)")
                        return
                    }
                }
                days += Int64(length)
            }
        }
        #expect(days * 86_400 == CivilDate.seconds.upperBound + 1)
    }

    private static let extremes: [Int64] = [
        Int64.min, -9_223_372_036_854_775_807, -4_611_686_018_427_387_904, -62_135_596_801,
        -62_135_596_800, -4_294_967_296, -86_401, -86_400, -1, 0, 1, 86_399, 86_400,
        2_147_483_648, 4_294_967_296, 253_402_300_799, 253_402_300_800,
        4_611_686_018_427_387_904, Int64.max,
    ]

    @Test(arguments: extremes)
    func everySecondHasANearestDate(seconds: Int64) {
        let (date, days, second) = CivilDate.nearest(seconds: seconds)
        #expect((1...9999).contains(date.year) && (0..<86_400).contains(second))
        #expect(CivilDate(days: days) == date)
        #expect(CivilDate.days(year: date.year, month: date.month, day: date.day) == days)
        guard CivilDate.seconds.contains(seconds) else { return }
        #expect(days * 86_400 + Int64(second) == seconds)
    }

    @Test(arguments: [Int64.min, -719_163, 2_932_897, .max])
    func daysOutsideOfTheYearsHaveNoDate(days: Int64) {
        #expect(CivilDate(days: days) == nil)
    }

    @Test(arguments: [
        (1, 1, 1, 1), (1582, 10, 15, 5), (1969, 12, 31, 3), (1970, 1, 1, 4), (2000, 2, 29, 2),
        (2026, 11, 29, 0), (9999, 12, 31, 5),
    ])
    func everyDayHasItsDayOfTheWeek(year: Int, month: Int, day: Int, weekday: Int) {
        let days = CivilDate.days(year: year, month: month, day: day)
        #expect(CivilDate.weekday(ofDay: days) == weekday)
        #expect(CivilDate.weekday(ofDay: days + (days < 0 ? 1 : -1)) != weekday)
    }
}
