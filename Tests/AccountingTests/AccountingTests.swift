import Content
import Execution
import HTTPServer
import TestSupport
import Testing

/// What budgets say of the blocks in memory is true, of everything that reads blocks: no copy, slice,
/// parameter or local keeps one that was given back, and who waits keeps none (decision 11).
@Suite(.timeLimit(.minutes(40)))
struct AccountingTests {
    /// While it is read, and while its client takes its time.
    @Test func whatIsReadIsCounted() throws {
        let node = try WatchedNode()
        let (library, ledger) = (node.node.library, node.node.ledger)
        let inUse = { @Sendable in library.blockMemory.inUse }
        let isTrue = { @Sendable in ledger.liveByteCount <= inUse() }
        let isNothing = { @Sendable in ledger.liveByteCount == 0 && inUse() == 0 }
        ledger.onRead { node.expect("more is read than counts", isTrue) }
        for request in WatchedRequest.all {
            _ = try node.run(request) { body in
                node.expect("more is held than counts", isTrue)
                body.release()
                node.expect("it holds blocks while its client takes nothing", isNothing)
            }
            node.expect("it leaves blocks behind", isNothing)
            // And with what is kept from one piece to the next.
            guard request.isRepeatable else { continue }
            _ = try node.run(request)
            node.expect("it leaves blocks behind", isNothing)
        }
    }

    enum Scarce: CaseIterable {
        case blocks, walk, decoding

        func budgets(_ library: Library) -> [ByteBudget] {
            switch self {
            case .blocks: [library.blockMemory.ordinary, library.blockMemory.large]
            case .walk: [library.stateMemory.budget, library.stateMemory.reserve]
            case .decoding: [library.decodingBudget]
            }
        }

        /// Requests that have to wait at least once.
        func isNeeded(by request: WatchedRequest) -> Bool {
            switch self {
            case .blocks: request.readsBlocks
            case .walk:
                request.text.contains("compress=true") || request.text.contains("pin/ls?type")
                    || request.text.contains("*words") && request.text.contains("/ls?")
            case .decoding: request.text.contains("dag/get") || request.text.contains("dag/put")
            }
        }
    }

    /// For other blocks, for what it remembers, for what it decodes. And the answer is the same as without.
    @Test(arguments: Scarce.allCases)
    func whoWaitsHoldsNoBlock(_ scarce: Scarce) throws {
        let node = try WatchedNode()
        let (library, ledger) = (node.node.library, node.node.ledger)
        for request in WatchedRequest.all {
            // A pin is taken away once.
            let expected = request.isRepeatable ? try node.run(request) : nil
            let squeeze = Squeeze(scarce.budgets(library)) {
                node.expect("who waits for \(scarce) holds blocks") { ledger.liveByteCount == 0 }
                // Nobody who has that waits for blocks, so nobody may have it who waits for blocks.
                guard scarce == .blocks else { return }
                node.expect("who waits for blocks holds up uploads") {
                    library.ingestBudget.inUse == 0
                }
            }
            let thread = squeeze.runBeside()
            let answer = Result { try node.run(request) }
            squeeze.end()
            thread.join()
            let found = try answer.get()
            #expect(expected == nil || found == expected, "\(request.text)")
            if scarce.isNeeded(by: request) {
                #expect(squeeze.waitCount > 0, "\(request.text) waits for no \(scarce)")
            }
        }
    }
}
