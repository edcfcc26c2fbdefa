import BlockStore
import TestSupport
import Testing

/// Threads add, pin, unpin, remove and read the same few DAGs, on a disk that fails and loses its power as a
/// seed says: what is pinned is here, what is removed is gone, and nobody waits for ever.
@Suite(.timeLimit(.minutes(40)))
struct RaceTests {
    /// `HOLDFAST_TEST_RACES` and `HOLDFAST_TEST_SEED` ask for more and for others.
    @Test func whatIsPinnedIsHereWhateverIsRemoved() throws {
        let first = TestScale.givenSeed ?? 1
        let content = try RaceContent()
        for number in 0..<UInt64(TestScale.raceCount) {
            var schedule = try RaceSchedule(seed: first &+ number, content)
            try schedule.run()
        }
    }

    /// A call that fails leaves what was there, but for what others were at work with.
    @Test func theModelKnowsWhatAFailedCallLeaves() throws {
        let model = RacePins()
        let root = try RaceContent().dags[0].root
        let (old, new) = (RacePins.State.pin(.direct, name: "old"), RacePins.State.unpinned)
        #expect(model.mayBe(.unpinned, at: root) && !model.mayBe(old, at: root))
        model.end(model.begin([root]), .done, old)
        #expect(model.mayBe(old, at: root) && !model.mayBe(.unpinned, at: root))
        model.end(model.begin([root]), .refused, new)
        #expect(!model.mayBe(new, at: root))
        model.end(model.begin([root]), .unknown, new)
        #expect(model.mayBe(new, at: root) && model.mayBe(old, at: root))
        model.end(model.begin([root]), .done, old)
        let (first, second) = (model.begin([root]), model.begin([root]))
        model.end(first, .refused, new)
        model.end(second, .done, old)
        #expect(model.mayBe(new, at: root) && model.mayBe(old, at: root))
        model.end(model.begin([root]), .done, nil)
        #expect(model.mayBe(.pin(.recursive, name: "any"), at: root))
        model.end(model.begin([root]), .done, new)
        #expect(model.mayBe(new, at: root) && !model.mayBe(old, at: root))
    }

    /// What the others were at work with says nothing.
    @Test func theModelKnowsOnlyWhatAnswersSay() throws {
        let model = RaceModel()
        let root = try RaceContent().dags[0].root
        let pin = RaceModel.Subject.pin(root, .rpc)
        let first = model.begin([pin], raises: true)
        #expect(model.known(pin) == .unknown)
        model.end(first) { _ in true }
        #expect(model.known(pin) == .so)
        let snapshot = model.whatIsSo([pin])
        #expect(model.whatHasStayed(snapshot) == pin)
        // Two who want the same do not disturb each other.
        let (second, third) = (
            model.begin([pin], raises: true), model.begin([pin], raises: true)
        )
        model.end(second) { _ in false }
        #expect(model.known(pin) == .so && model.whatHasStayed(snapshot) == pin)
        let unpin = model.begin([pin], raises: false)
        #expect(model.known(pin) == .unknown && model.whatHasStayed(snapshot) == nil)
        model.end(unpin) { _ in true }
        model.end(third) { _ in true }
        #expect(model.known(pin) == .unknown)
        model.end(model.begin([pin], raises: false)) { _ in true }
        #expect(model.known(pin) == .notSo)
    }
}
