import Buffers
import Content
import Execution
import Multiformats
import Synchronization
import TestSupport

/// The blocks of a store, and how many bytes of them are in memory: the truth beside what budgets say.
final class BlockLedger: ContentSource {
    private let source: LocalSource
    private let live = Atomic(0)
    private let check = Locked<Check?>(nil)

    /// A closure in a box: one that is copied out of a generic grows by a thunk each time.
    private final class Check: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ source: LocalSource) { self.source = source }

    /// Bytes of blocks that somebody can still reach, slices of them included.
    var liveByteCount: Int { live.load(ordering: .sequentiallyConsistent) }

    /// What is called each time before a block is read, from now on.
    func onRead(_ body: @escaping @Sendable () -> Void) {
        check.withLock { $0 = Check(body) }
    }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        check.withLock { $0 }?.run()
        let found = try source.block(cid, for: context, reserving: reserve)
        guard case .found(let bytes) = found else { return found }
        live.add(bytes.count, ordering: .sequentiallyConsistent)
        return .found(
            bytes.copy { [self, count = bytes.count] in
                live.subtract(count, ordering: .sequentiallyConsistent)
            })
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        try source.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { false }
}
