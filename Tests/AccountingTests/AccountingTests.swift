import Content
import Execution
import HTTPServer
import TestSupport
import Testing

/// What budgets say of the blocks in memory is true, of everything that reads blocks: no copy, slice,
/// parameter or local keeps one that was given back, and who waits keeps none (decision 11).
@Suite(.timeLimit(.minutes(20)))
struct AccountingTests {
    /// Names after the root, and what is asked for: one for each way in which blocks are read.
    static let pages = [
        "folder/", "shards/", "index/", "empty", "file", "link", "raw", "large", "*cbor", "",
        "?format=tar", "?format=car", "folder?format=car&dag-scope=entity", "file?format=raw",
        "file?format=car&dag-scope=entity&entity-bytes=100:800", "raw?format=car&dag-scope=block",
        "shards?format=tar", "*cbor?format=dag-cbor", "*cbor?format=raw", "shards/*name",
        "file?format=tar", "*words/", "*words?format=car",
    ]
    static let commands = [
        "ls?arg=", "ls?stream=true&arg=", "ls?size=false&resolve-type=false&arg=", "ls?arg=/shards",
        "cat?arg=/file", "cat?offset=300&length=700&arg=/file", "cat?arg=/empty", "cat?arg=/large",
        "get?arg=", "get?archive=true&arg=/folder", "get?compress=true&arg=/raw",
        "get?archive=true&compress=true&arg=", "refs?recursive=true&arg=",
        "refs?recursive=true&unique=true&max-depth=2&arg=",
        "refs?format=%3Csrc%3E-%3Clinkname%3E&arg=/folder", "dag/get?arg=*cbor", "dag/get?arg=",
        "dag/get?arg=*cbor/0", "dag/stat?arg=", "dag/export?arg=",
        "dag/resolve?arg=/shards/*name", "resolve?arg=/folder/*name", "block/get?arg=/large",
        "block/stat?arg=/raw",
        "pin/add?arg=", "pin/ls", "pin/ls?stream=true&type=indirect", "pin/verify?verbose=true",
        "repo/verify", "pin/rm?arg=", "ls?arg=*words", "ls?stream=true&arg=*words",
        "ls?arg=*words&arg=*words",
        "refs?format=%3Csrc%3E-%3Clinkname%3E&recursive=true&arg=*words", "dag/get?arg=*words",
        "refs?format=%3Clinkname%3E&arg=*deep", "cat?arg=/file&arg=/raw&arg=/file&arg=/large",
    ]

    /// While it is read, and while its client takes its time.
    @Test(arguments: pages + commands.map { "/api/v0/" + $0 })
    func whatIsReadIsCounted(_ request: String) throws {
        let call = try WatchedCall(request)
        let (node, place) = (call.node, "what is in memory")
        let inUse = { @Sendable in node.library.blockMemory.inUse }
        node.ledger.onRead { [ledger = node.ledger] in
            call.expect(place) { ledger.liveByteCount <= inUse() }
        }
        _ = try call.run { body in
            call.expect(place) { node.ledger.liveByteCount <= inUse() }
            body.release()
            call.expect(place) { node.ledger.liveByteCount == 0 && inUse() == 0 }
        }
        call.expect(place) { node.ledger.liveByteCount == 0 && inUse() == 0 }
    }

    enum Scarce: CaseIterable { case blocks, walk, decoding }

    /// For other blocks, for what it remembers, for what it decodes.
    @Test(arguments: pages + commands.map { "/api/v0/" + $0 }, Scarce.allCases)
    func whoWaitsHoldsNoBlock(_ request: String, _ scarce: Scarce) throws {
        let call = try WatchedCall(request)
        let (library, ledger) = (call.node.library, call.node.ledger)
        let budgets =
            switch scarce {
            case .blocks: [library.blockMemory.ordinary, library.blockMemory.large]
            case .walk: [library.stateBudget, library.stateReserveBudget]
            case .decoding: [library.decodingBudget]
            }
        let squeeze = Squeeze(budgets) {
            call.expect("who waits for \(scarce)") { ledger.liveByteCount == 0 }
        }
        let thread = squeeze.runBeside()
        defer {
            squeeze.end()
            thread.join()
        }
        _ = try call.run { _ in }
        // Taking away a pin reads no block.
        if scarce == .blocks, !request.contains("pin/rm") { #expect(squeeze.waitCount > 0) }
    }
}
