package import BlockStore
import Execution
package import Multiformats

extension Pins {
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
        try add([cid], mode: mode, name: name, for: context, progress: progress)
    }

    /// Pins several DAGs or blocks: all of them, or none. Where that fails, what was pinned before is there as
    /// it was. Only where the store fails while pins are written some may be there all the same, with all of
    /// their blocks, and the error says so.
    ///
    /// Until all blocks below all roots were seen, nothing keeps them: when any block was removed meanwhile, all
    /// are looked at again.
    ///
    /// - Parameters:
    ///   - cids: the roots; one that is there again counts once.
    ///   - mode: a recursive pin replaces a direct one; the reverse is refused.
    ///   - name: of all of them; replaces the names of pins that are there already.
    ///   - context: who asks.
    ///   - progress: called after each block that was found.
    /// - Throws: as for one.
    /// - Complexity: reads every block below the roots that may have links, blocks that are below
    ///   several of `Limits.pinsAtOnceMax` roots once. One wait for the disk for as many pins, or for
    ///   every MiB of them if that is less.
    package func add(
        _ cids: [CID], mode: Pin.Mode = .recursive, name: String = "", for context: RequestContext,
        progress: (PinProgress) throws(ContentError) -> Void = { _ in }
    ) throws(ContentError) {
        try Self.check(name: name)
        do {
            if mode == .direct { try refuseRecursive(cids, for: context) }
            let mark = store.deletionMark
            try checkPresence(of: cids, mode: mode, for: context, progress: progress)
            try pinPresent(cids, since: mark, mode: mode, name: name, for: context)
        } catch let error where error.code != .invalidArgument {
            throw error.prefixed("pin: ")
        }
    }

    /// Looks before the blocks are read, for an early answer; the store looks again while the pins are
    /// changed.
    private func refuseRecursive(
        _ cids: [CID], for context: RequestContext
    ) throws(ContentError) {
        for cid in cids {
            try context.check()
            guard try pin(of: cid)?.mode != .recursive else {
                throw .pinConflict(cid, Self.alreadyRecursive)
            }
        }
    }

    /// Pins roots whose blocks were here, as the caller knows.
    ///
    /// From here on they are kept; only then it is told whether any block was removed before. So they are looked
    /// at once more at the most, beside however many deletions: those that begin behind that see them, the
    /// others have ended before the look. And what is written is the pin of a DAG that is here.
    ///
    /// - Parameter mark: from before the caller looked at the blocks or stored them. Where one was removed
    ///   since, all are looked at again, and none is pinned where one is missing.
    /// - Throws: as `add`; then what was pinned before is there as it was, or the error says that it may not be.
    func pinPresent(
        _ cids: some Collection<CID>, since mark: DeletionMark, mode: Pin.Mode = .recursive,
        name: String, for context: RequestContext
    ) throws(ContentError) {
        try Self.check(name: name)
        guard !cids.isEmpty else { return }
        let memory = library.access(for: context).makeEntryShare()
        defer { memory.release() }
        try memory.take(cids.count * PinHold.rootBytes)
        let hold = store.hold(cids, mode: mode, name: name)
        defer { store.letGo(of: hold) }
        do throws(ContentError) {
            try pin(cids, by: hold, since: mark, mode: mode, for: context)
        } catch {
            throw putBack(hold, behind: error)
        }
    }

    private func pin(
        _ cids: some Collection<CID>, by hold: PinHold, since firstMark: DeletionMark,
        mode: Pin.Mode, for context: RequestContext
    ) throws(ContentError) {
        var mark = firstMark
        // Once more only where a write has failed: blocks that were seen on their way to the disk may be lost.
        for _ in 0..<Limits.pinLooksMax {
            let now = try storing { () throws(BlockStoreError) in
                try store.deletions(since: mark, by: context.deadline)
            }
            if let now {
                mark = now
                try lookAgain(at: cids, mode, for: context)
            }
            if try write(cids, by: hold, since: mark, for: context) { return }
        }
        throw ContentError(.overloaded, "writes of blocks fail again and again: check the disk")
    }

    private func lookAgain(
        at cids: some Collection<CID>, _ mode: Pin.Mode, for context: RequestContext
    ) throws(ContentError) {
        do throws(ContentError) {
            try checkPresence(of: cids, mode: mode, for: context)
        } catch {
            guard error.code == .blockNotFound else { throw error }
            throw error.prefixed("a block was removed meanwhile: ")
        }
    }

    /// - Returns: false where a write has failed since the mark.
    private func write(
        _ cids: some Collection<CID>, by hold: PinHold, since mark: DeletionMark,
        for context: RequestContext
    ) throws(ContentError) -> Bool {
        var isWritten = true
        try inParts(
            cids, for: context, conflict: Self.alreadyRecursive
        ) { part, deadline throws(BlockStoreError) in
            guard isWritten else { return }
            isWritten = try store.pin(part, of: hold, since: mark, by: deadline)
        }
        return isWritten
    }

    /// Puts back what was pinned before, also where the caller has no more time or has left.
    ///
    /// - Returns: the error, with what became of the pins where some were written.
    private func putBack(_ hold: PinHold, behind failure: ContentError) -> ContentError {
        var rest = hold.changedRoots[...]
        guard !rest.isEmpty else { return failure }
        let deadline = Deadline.after(Limits.pinPutBackPatience)
        do throws(BlockStoreError) {
            while !rest.isEmpty {
                try store.putBack(Array(rest.prefix(countAtOnce)), of: hold, by: deadline)
                rest = rest.dropFirst(countAtOnce)
            }
            return failure.suffixed("; what is pinned is as it was before")
        } catch {
            return failure.suffixed(
                "; some of it may be pinned: see `pin ls` and `pin verify`, then try again or "
                    + "`pin rm` it")
        }
    }

    /// Reads every block that pins would keep: one walk for many roots, which often share blocks.
    func checkPresence(
        of cids: some Collection<CID>, mode: Pin.Mode, for context: RequestContext,
        progress: (PinProgress) throws(ContentError) -> Void = { _ in }
    ) throws(ContentError) {
        var options = DAGWalk.Options()
        options.readsLeaves = false
        if mode == .direct { options.depthMax = 0 }
        var done = PinProgress()
        var rest = cids[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(countAtOnce))
            rest = rest.dropFirst(part.count)
            var walk = DAGWalk(
                roots: part, access: ContentAccess(library, for: context), options: options)
            while let visit = try walk.next() {
                done.blockCount += 1
                done.byteCount += UInt64(visit.byteCount)
                try progress(done)
            }
        }
        try context.checkNow()
    }
}
