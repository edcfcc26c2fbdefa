import BlockStore
package import Multiformats

/// What became of one root of an archive.
package struct ImportedRoot: Sendable, Hashable {
    /// As the header spells it.
    package let cid: CID
    /// Why it was not pinned; nil when it was, or when no pin was asked for.
    package fileprivate(set) var pinError: String?
}

/// The roots of all archives of an import, each once, in order, and their pins.
///
/// They live until the end of the import, so they get memory of their own, and a limit.
struct ImportedRoots {
    private let access: ContentAccess
    private let memory: StateShare
    private var cids: [CID] = []
    private var known: Set<CID> = []

    init(_ access: ContentAccess) {
        self.access = access
        memory = access.makeEntryShare()
    }

    /// Takes the roots of one archive. Does not wait for their memory: the list that a header was decoded to
    /// counts nowhere, and neither is what the archive holds given back meanwhile.
    ///
    /// - Throws: `.badArchive` for too many, `.tooMuchMemory`, `.overloaded`.
    mutating func take(_ roots: [CID]) throws(ContentError) {
        for root in roots where !known.contains(root) {
            guard known.count < Limits.archiveRootsMax else {
                throw ContentError(
                    .badArchive,
                    "import failed: more than \(Limits.archiveRootsMax) roots: import in parts")
            }
            let root = root.compacted()
            guard try memory.takeAtOnce(Self.memory(of: root)) else { throw memory.isFull }
            known.insert(root)
            cids.append(root)
        }
    }

    /// What a root takes in the set, in the list and in the results, all of which grow by doubling.
    private static func memory(of root: CID) -> Int {
        2 * (2 * MemoryLayout<CID>.stride + MemoryLayout<ImportedRoot>.stride) + 2
            + root.outsideByteCount
    }

    /// All of them, without pins.
    var unpinned: [ImportedRoot] { cids.map { ImportedRoot(cid: $0, pinError: nil) } }

    /// Gives them recursive pins, `Limits.pinsAtOnceMax` at a time: each part is pinned as soon as its
    /// blocks were seen, so that few can be removed in between.
    ///
    /// - Returns: every root, in order; one with blocks missing gets no pin, and says so.
    /// - Throws: `.storage`, `.overloaded`, and as `RequestContext.check()`; roots of earlier parts
    ///   stay pinned then.
    func pinned(name: String) throws(ContentError) -> [ImportedRoot] {
        var results = unpinned
        for start in stride(from: 0, to: results.count, by: Limits.pinsAtOnceMax) {
            let part = start..<min(start + Limits.pinsAtOnceMax, results.count)
            let mark = access.library.store.deletionMark
            try lookBelow(part, of: &results)
            try pin(part, since: mark, of: &results, name)
        }
        return results
    }

    /// Notes why roots of a part cannot be pinned, by one walk: a hundred thousand roots can lead to the
    /// same blocks, and what all imports remember would wait for as many walks.
    private func lookBelow(
        _ part: Range<Int>, of results: inout [ImportedRoot]
    ) throws(ContentError) {
        var check = CompletenessCheck(access)
        for index in part {
            guard let fault = try check.fault(below: results[index].cid) else { continue }
            let byteCount = fault.message.utf8.count
            if try !memory.takeAtOnce(byteCount) {
                // Others hold what this waits for, and may wait for what a walk holds. With room for many
                // more, or each of them would begin a walk.
                check.reset()
                try memory.makeRoom(for: Limits.stateStepBytes) {}
                try memory.take(byteCount)
            }
            results[index].pinError = fault.message
        }
    }

    /// Pins those roots of a part that can be pinned; where the store refuses, all of them have its
    /// error.
    private func pin(
        _ part: Range<Int>, since mark: DeletionMark, of results: inout [ImportedRoot],
        _ name: String
    ) throws(ContentError) {
        let wanted = results[part].filter { $0.pinError == nil }.map(\.cid)
        do {
            try Pins(access.library).pinPresent(
                wanted, since: mark, name: name, for: access.context)
        } catch let error where error.endsRequest {
            throw error
        } catch {
            for index in part where results[index].pinError == nil {
                results[index].pinError = error.message
            }
        }
    }
}
