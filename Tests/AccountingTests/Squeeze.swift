import Execution
import Synchronization
import TestSupport

/// Has all of some budgets, and gives them away for as long as somebody needs who waits for them: whoever
/// takes from them has to wait each time.
final class Squeeze: Sendable {
    private let budgets: [ByteBudget]
    private let whenSomebodyWaits: @Sendable () -> Void
    private let isOver = Atomic(false)
    private let waits = Atomic(0)
    private let start = Pending<Void>()

    /// - Parameters:
    ///   - budgets: what nobody else gets without a wait.
    ///   - whenSomebodyWaits: called each time.
    init(_ budgets: [ByteBudget], whenSomebodyWaits: @escaping @Sendable () -> Void) {
        self.budgets = budgets
        self.whenSomebodyWaits = whenSomebodyWaits
    }

    /// How often somebody has waited.
    var waitCount: Int { waits.load(ordering: .relaxed) }

    /// Goes on until `end` is called, and holds nothing then.
    ///
    /// - Returns: its thread, when it has all.
    func runBeside() -> Thread {
        let thread = Thread(name: "squeeze") { [self] in run() }
        start.value()
        return thread
    }

    private func run() {
        var held = budgets.map(Self.takeAll)
        start.fulfil(())
        while true {
            while !isWanted, !isOver.load(ordering: .relaxed) { pause(for: .microseconds(200)) }
            if isWanted {
                waits.add(1, ordering: .relaxed)
                whenSomebodyWaits()
            }
            for (budget, byteCount) in zip(budgets, held) { budget.release(byteCount) }
            if isOver.load(ordering: .relaxed) { return }
            while isWanted, !isOver.load(ordering: .relaxed) { pause(for: .microseconds(50)) }
            held = budgets.map(Self.takeAll)
        }
    }

    func end() { isOver.store(true, ordering: .relaxed) }

    private var isWanted: Bool { budgets.contains { $0.waiterCount > 0 } }

    private static func takeAll(of budget: ByteBudget) -> Int {
        var (held, step) = (0, budget.limit)
        while step > 0 {
            if budget.tryAcquire(step) { held += step } else { step /= 2 }
        }
        return held
    }
}
