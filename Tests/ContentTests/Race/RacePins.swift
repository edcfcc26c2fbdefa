import BlockStore
import Execution
import Multiformats

/// What the RPC's pins of some roots may be, as the answers say that threads were given: a call that was
/// refused leaves what was there.
///
/// Of two at work with the same root either may come last, and what the first one has made may be what the
/// second one puts back.
final class RacePins: Sendable {
    /// What stands at a root.
    enum State: Hashable, Sendable {
        case unpinned
        case pin(Pin.Mode, name: String)
    }

    /// How a call has ended.
    enum Ending: Sendable {
        case done
        /// With the answer that nothing has changed.
        case refused
        /// The store has failed: it may be done or not.
        case unknown
    }

    private struct Root {
        /// nil for anything.
        var possible: Set<State>? = [.unpinned]
        var runningCount = 0
        var begunCount = 0
    }

    /// Somebody at work with a root.
    struct Change: Sendable {
        fileprivate let root: CID
        fileprivate let number: Int
        fileprivate let beganAlone: Bool
    }

    private let roots = Locked<[CID: Root]>([:])

    /// Whether nothing speaks against a state; nobody is at work.
    func mayBe(_ state: State, at cid: CID) -> Bool {
        roots.withLock { ($0[cid] ?? Root()).possible?.contains(state) ?? true }
    }

    func begin(_ cids: [CID]) -> [Change] {
        roots.withLock { roots in
            Set(cids).map { cid in
                var root = roots[cid] ?? Root()
                root.runningCount += 1
                root.begunCount += 1
                roots[cid] = root
                return Change(
                    root: cid, number: root.begunCount, beganAlone: root.runningCount == 1)
            }
        }
    }

    /// - Parameter state: what was wanted; nil where nobody knows which pin that would be.
    func end(_ changes: [Change], _ ending: Ending, _ state: State?) {
        roots.withLock { roots in
            for change in changes {
                var root = roots[change.root] ?? Root()
                root.runningCount -= 1
                let wasAlone = change.beganAlone && root.begunCount == change.number
                switch ending {
                case .done where wasAlone: root.possible = state.map { [$0] }
                case .refused where wasAlone: break
                default:
                    if let state { root.possible?.insert(state) } else { root.possible = nil }
                }
                roots[change.root] = root
            }
        }
    }
}
