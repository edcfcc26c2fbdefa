package import BlockStore
package import Execution
package import Multiformats

/// The pins that the RPC and the command line hold, with Kubo's rules and texts.
///
/// A pin belongs to a whole CID, not to a multihash. One CID has at most one pin.
///
/// - Spec: kubo-rpc 3.2.
package struct Pins: Sendable {
    let library: Library
    var store: BlockStore { library.store }

    /// The pins of a library's store.
    package init(_ library: Library) { self.library = library }

    /// Pins a DAG or a block that is here completely.
    ///
    /// - Parameters:
    ///   - cid: the root.
    ///   - mode: a recursive pin replaces a direct one; the reverse is refused.
    ///   - name: replaces the name of a pin that is there already.
    ///   - context: who asks.
    ///   - progress: called after each block that was found.
    /// - Throws: `.pinConflict`, `.blockNotFound`, `.invalidArgument` for a long name, and as
    ///   `RequestContext.check()`; texts begin with `pin: ` as Kubo's do.
    /// - Complexity: reads every block below the root that may have links.
    package func add(
        _ cid: CID, mode: Pin.Mode = .recursive, name: String = "", for context: RequestContext,
        progress: (PinProgress) throws(ContentError) -> Void = { _ in }
    ) throws(ContentError) {
        do {
            try addUnprefixed(cid, mode: mode, name: name, for: context, progress: progress)
        } catch let error where error.code != .invalidArgument {
            throw error.prefixed("pin: ")
        }
    }

    /// The same, with errors whose texts do not say that they come from pinning.
    func addUnprefixed(
        _ cid: CID, mode: Pin.Mode, name: String, for context: RequestContext,
        progress: (PinProgress) throws(ContentError) -> Void = { _ in }
    ) throws(ContentError) {
        try Self.check(name: name)
        if mode == .direct, try pin(of: cid)?.mode == .recursive {
            throw ContentError(.pinConflict, "\(cid.text()) already pinned recursively", cid: cid)
        }
        try checkPresence(of: cid, mode: mode, for: context, progress: progress)
        try storing { () throws(BlockStoreError) in
            try store.pin(cid, mode: mode, name: name, by: context.deadline)
        }
    }

    /// Pins roots whose blocks were all written by the caller, without looking at them again.
    func pinRoots(_ roots: [CID], name: String, deadline: Deadline) throws(ContentError) {
        try Self.check(name: name)
        try storing { () throws(BlockStoreError) in
            try store.pin(roots, mode: .recursive, name: name, by: deadline)
        }
    }

    /// Removes a pin.
    ///
    /// - Parameters:
    ///   - cid: the root.
    ///   - isRecursive: whether a recursive pin may be removed; a direct one is removed either way.
    ///   - deadline: ends the wait for the store.
    /// - Throws: `.notPinned`, `.pinConflict`.
    package func remove(
        _ cid: CID, isRecursive: Bool = true, deadline: Deadline
    ) throws(ContentError) {
        guard let pin = try pin(of: cid) else {
            throw ContentError(.notPinned, "not pinned or pinned indirectly", cid: cid)
        }
        guard isRecursive || pin.mode == .direct else {
            throw ContentError(.pinConflict, "\(cid.text()) is pinned recursively", cid: cid)
        }
        try storing { () throws(BlockStoreError) in try store.unpin(cid, by: deadline) }
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
        try checkPresence(of: new, mode: .recursive, for: context, progress: { _ in })
        try storing { () throws(BlockStoreError) in
            try store.updatePin(from: old, to: new, unpin: unpins, by: context.deadline)
        }
    }

    /// The pin of a CID itself; nil also when only other holders have it.
    ///
    /// - Complexity: one look-up.
    package func pin(of cid: CID) throws(ContentError) -> Pin? {
        let pin = try storing { () throws(BlockStoreError) in try store.pin(of: cid) }
        return pin.flatMap { $0.holders.contains(.rpc) ? $0 : nil }
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

    /// Reads every block that a pin would keep.
    private func checkPresence(
        of cid: CID, mode: Pin.Mode, for context: RequestContext,
        progress: (PinProgress) throws(ContentError) -> Void
    ) throws(ContentError) {
        var options = DAGWalk.Options()
        options.readsLeaves = false
        if mode == .direct { options.depthMax = 0 }
        var walk = DAGWalk(
            roots: [cid], access: ContentAccess(library, for: context), options: options)
        var done = PinProgress()
        while let visit = try walk.next() {
            done.blockCount += 1
            done.byteCount += UInt64(visit.byteCount)
            try progress(done)
        }
        try context.checkNow()
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
