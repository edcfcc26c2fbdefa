import Execution
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct LineRateTests {
    private func instant(_ seconds: UInt64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test func onlySoManyLinesPassInAPeriodAndTheNextSaysHowManyDidNot() {
        var rate = LineRate()
        for _ in 0..<Limits.failureLinesMax { #expect(rate.next(at: instant(100)) == 0) }
        for _ in 0..<1_000 { #expect(rate.next(at: instant(159)) == nil) }
        #expect(rate.next(at: instant(160)) == 1_000)
        #expect(rate.next(at: instant(161)) == 0)
    }

    @Test func aFewLinesAllPass() {
        var rate = LineRate()
        for second in 0..<1_000 { #expect(rate.next(at: instant(UInt64(second))) == 0) }
    }
}
