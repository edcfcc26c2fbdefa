package import BlockStore
import Execution
package import Multiformats

/// The pins that the RPC and the command line hold, with Kubo's rules and texts.
///
/// A pin belongs to a whole CID, not to a multihash. One CID has at most one pin.
///
/// - Spec: Kubo RPC API, `pin/*`; `Docs/decisions/0014-deletions-and-pins-see-each-other.md`.
package struct Pins: Sendable {
    let library: Library
    /// Roots that are changed together.
    let countAtOnce: Int
    var store: BlockStore { library.store }

    /// Kubo's words where a recursive pin stays: one is to become direct, or to be removed as if it
    /// were.
    static let (alreadyRecursive, keptRecursive) = (
        "already pinned recursively", "is pinned recursively"
    )

    /// The pins of a library's store.
    package init(_ library: Library, countAtOnce: Int = Limits.pinsAtOnceMax) {
        self.library = library
        self.countAtOnce = countAtOnce
    }

    /// Removes a pin.
    ///
    /// - Parameters:
    ///   - cid: the root.
    ///   - isRecursive: whether a recursive pin may be removed; a direct one is removed either way.
    ///   - context: who asks.
    /// - Throws: `.notPinned`, `.pinConflict`, and as `RequestContext.check()`.
    package func remove(
        _ cid: CID, isRecursive: Bool = true, for context: RequestContext
    ) throws(ContentError) {
        try remove([cid], isRecursive: isRecursive, for: context)
    }

    /// Removes several pins: all of them, or none where one of them cannot be removed.
    ///
    /// Some may be left, and some gone, after an error of the store, a deadline or a caller who leaves
    /// while they are written, and where a pin changes in that time that was looked at before: the error says
    /// which. They are not put back: their blocks may be gone.
    ///
    /// - Parameters:
    ///   - cids: the roots; one that is there again counts once.
    ///   - isRecursive: whether recursive pins may be removed; direct ones are removed either way.
    ///   - context: who asks.
    /// - Throws: as for one.
    /// - Complexity: two look-ups for each pin, three where recursive ones are kept. One wait for the
    ///   disk for every `Limits.pinsAtOnceMax` pins, or for every MiB of them if that is less.
    package func remove(
        _ cids: [CID], isRecursive: Bool = true, for context: RequestContext
    ) throws(ContentError) {
        for cid in cids {
            try context.check()
            guard let pin = try pin(of: cid) else {
                // Kubo's text, which does not say of which.
                let name = cids.count == 1 ? "" : cid.text() + ": "
                throw ContentError(.notPinned, name + "not pinned or pinned indirectly", cid: cid)
            }
            guard isRecursive || pin.mode == .direct else {
                throw .pinConflict(cid, Self.keptRecursive)
            }
        }
        // Those of the list that are gone, and those that may be.
        var (goneCount, begunCount) = (0, 0)
        do throws(ContentError) {
            try inParts(
                cids, for: context, conflict: Self.keptRecursive
            ) { part, deadline throws(BlockStoreError) in
                begunCount = min(goneCount + countAtOnce, cids.count)
                // One that somebody else has removed meanwhile is gone as it should be.
                // One that has become recursive since is refused there.
                try store.unpin(
                    part, ignoringAbsent: true, takesRecursive: isRecursive, by: deadline)
                goneCount = begunCount
            }
        } catch {
            // Of a part that is refused none is gone.
            if error.code == .pinConflict { begunCount = goneCount }
            throw error.suffixed(Self.rest(goneCount, begunCount, of: cids.count))
        }
    }

    /// What a removal that breaks off has to say beside why: the same list again would end at its first
    /// root.
    private static func rest(_ goneCount: Int, _ begunCount: Int, of count: Int) -> String {
        guard begunCount > 0 else { return "" }
        guard count > 1 else { return "; it may be gone: see `pin ls`" }
        var words: [String] = []
        if goneCount > 0 { words.append("the first \(goneCount) are gone") }
        if begunCount > goneCount {
            words.append("numbers \(goneCount + 1) to \(begunCount) may be gone")
        }
        return
            "; of \(count) pins \(words.joined(separator: ", ")): see `pin ls`, then try again with "
            + "those that are left"
    }

    /// Moves a recursive pin, with its name, from one root to another.
    ///
    /// - Parameters:
    ///   - old: pinned recursively.
    ///   - new: here completely, and not pinned recursively.
    ///   - unpins: whether the pin of the old root goes away.
    ///   - context: who asks.
    /// - Throws: `.notPinned`, `.pinConflict`, `.blockNotFound`, and as `RequestContext.check()`.
    package func update(
        from old: CID, to new: CID, unpins: Bool = true, for context: RequestContext
    ) throws(ContentError) {
        guard let pin = try pin(of: old), pin.mode == .recursive else {
            throw ContentError(
                .notPinned, "'from' cid was not recursively pinned already", cid: old)
        }
        if old == new { return }
        guard try self.pin(of: new)?.mode != .recursive else {
            throw ContentError(
                .pinConflict, "'to' cid was already recursively pinned", cid: new)
        }
        let mark = store.deletionMark
        try checkPresence(of: [new], mode: .recursive, for: context)
        try pinPresent([new], since: mark, name: pin.name, for: context)
        guard unpins else { return }
        // Only now: whoever goes before has one pin or both.
        do throws(BlockStoreError) {
            try store.unpin([old], ignoringAbsent: true, by: context.deadline)
        } catch {
            throw Self.failure(error).suffixed(
                "; the new root is pinned, and the old one may be: see `pin ls`, then `pin rm` it")
        }
    }

    /// The pin of a CID itself; nil also when only other holders have it.
    ///
    /// - Complexity: one look-up.
    package func pin(of cid: CID) throws(ContentError) -> Pin? {
        try storing { () throws(BlockStoreError) in try store.pin(of: cid) }
    }

    /// Refuses names that Kubo refuses.
    package static func check(name: String) throws(ContentError) {
        let count = name.utf8.count
        guard count <= Limits.pinNameBytesMax else {
            throw ContentError(
                .invalidArgument,
                "pin name is \(count) bytes (max \(Limits.pinNameBytesMax) bytes)")
        }
    }

    /// Changes pins of many roots, so many at a time as go to the disk together.
    ///
    /// - Parameter conflict: what is said of a root whose recursive pin would be lost.
    func inParts(
        _ cids: some Collection<CID>, for context: RequestContext, conflict: String,
        _ change: ([CID], Deadline) throws(BlockStoreError) -> Void
    ) throws(ContentError) {
        var rest = cids[...]
        while !rest.isEmpty {
            let part = rest.prefix(countAtOnce)
            rest = rest[part.endIndex...]
            try context.checkNow()
            do throws(BlockStoreError) {
                try change(Array(Set(part)), context.deadline)
            } catch {
                if case .pinnedRecursively(let cid) = error.code {
                    throw .pinConflict(cid, conflict)
                }
                throw Self.failure(error)
            }
        }
    }

    /// What the store says of an own change of pins. What it waits for means nothing to who asks for pins.
    private static func failure(_ error: BlockStoreError) -> ContentError {
        guard error.code == .deadlineExceeded else { return ContentError(error) }
        return ContentError(
            .storage, "the deadline passed while pins were being written", cause: error)
    }

    func storing<Result>(
        _ body: () throws(BlockStoreError) -> Result
    ) throws(ContentError) -> Result {
        do {
            return try body()
        } catch {
            throw ContentError(error)
        }
    }
}

extension ContentError {
    /// The refusal of a change that a recursive pin would be lost by.
    static func pinConflict(_ cid: CID, _ words: String) -> ContentError {
        ContentError(.pinConflict, "\(cid.text()) \(words)", cid: cid)
    }
}
