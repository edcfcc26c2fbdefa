import BlockStore
import Execution
import Multiformats

/// What must be so of pins and blocks, as the answers say that threads were given.
///
/// Of each pin and block it knows who changes it at the moment. An answer counts where nobody who changes it
/// the other way was at work meanwhile; else either may be.
final class RaceModel: Sendable {
    /// What can be so or not.
    enum Subject: Hashable, Sendable {
        /// A block is here.
        case block(Multihash)
        /// A holder has a pin of a root.
        case pin(CID, Pin.Holder)
        /// A holder has a recursive one.
        case recursive(CID, Pin.Holder)
    }

    enum Known: Sendable { case so, notSo, unknown }

    private struct Fact {
        var known = Known.notSo
        /// Those at work: who makes it so, who makes it not so.
        var running = (raising: 0, lowering: 0)
        /// Those who have begun.
        var begun = (raising: 0, lowering: 0)
    }

    /// A change that somebody is at work with.
    struct Change: Sendable {
        let raises: Bool
        /// How often each was changed the other way before; nil where somebody was at work with that.
        fileprivate let others: [Subject: Int?]
    }

    /// What was so, and how often somebody had begun to change that.
    struct Snapshot: Sendable {
        fileprivate let counts: [Subject: Int]
    }

    private let facts = Locked<[Subject: Fact]>([:])
    /// What the pins of the RPC are.
    let pins = RacePins()

    /// What must be so.
    func known(_ subject: Subject) -> Known {
        facts.withLock { $0[subject]?.known ?? .notSo }
    }

    /// Somebody begins to change something: from here on either may be.
    func begin(_ subjects: [Subject], raises: Bool) -> Change {
        facts.withLock { facts in
            var others: [Subject: Int?] = [:]
            for subject in Set(subjects) {
                var fact = facts[subject] ?? Fact()
                if raises {
                    others[subject] = .some(
                        fact.running.lowering > 0 ? nil : fact.begun.lowering)
                    fact.running.raising += 1
                    fact.begun.raising += 1
                    if fact.known == .notSo { fact.known = .unknown }
                } else {
                    others[subject] = .some(fact.running.raising > 0 ? nil : fact.begun.raising)
                    fact.running.lowering += 1
                    fact.begun.lowering += 1
                    if fact.known == .so { fact.known = .unknown }
                }
                facts[subject] = fact
            }
            return Change(raises: raises, others: others)
        }
    }

    /// That has ended.
    ///
    /// - Parameter isDone: what the answer says that it is as wanted.
    func end(_ change: Change, _ isDone: (Subject) -> Bool) {
        facts.withLock { facts in
            for (subject, before) in change.others {
                var fact = facts[subject] ?? Fact()
                let now: Int
                if change.raises {
                    fact.running.raising -= 1
                    now = fact.begun.lowering
                } else {
                    fact.running.lowering -= 1
                    now = fact.begun.raising
                }
                if isDone(subject), now == before { fact.known = change.raises ? .so : .notSo }
                facts[subject] = fact
            }
        }
    }

    /// The log may still have blocks that were removed: a removal counts when `meta/` has it. Nobody is at work.
    func metaWasLost() {
        facts.withLock { facts in
            for (subject, fact) in facts {
                guard case .block = subject, fact.known == .notSo else { continue }
                facts[subject]?.known = .unknown
            }
        }
    }

    /// Which of some things are so now.
    func whatIsSo(_ subjects: [Subject]) -> Snapshot {
        facts.withLock { facts in
            var counts: [Subject: Int] = [:]
            for subject in subjects {
                guard let fact = facts[subject], fact.known == .so else { continue }
                counts[subject] = fact.begun.lowering
            }
            return Snapshot(counts: counts)
        }
    }

    /// One of those that has been so all the time.
    func whatHasStayed(_ snapshot: Snapshot) -> Subject? {
        facts.withLock { facts in
            snapshot.counts.first { facts[$0.key]?.begun.lowering == $0.value }?.key
        }
    }

    /// How often somebody has begun to store a block that is not here; nil where it may be.
    func absence(of multihash: Multihash) -> Int? {
        facts.withLock { facts in
            guard let fact = facts[.block(multihash)] else { return 0 }
            return fact.known == .notSo ? fact.begun.raising : nil
        }
    }
}
