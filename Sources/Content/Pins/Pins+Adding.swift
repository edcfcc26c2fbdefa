package import BlockStore
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

    /// Pins several DAGs or blocks: all of them, or none where one of them cannot be pinned.
    ///
    /// Some may be pinned, and some not, after an error of the store, a deadline or a caller who leaves
    /// while pins are written, and where a pin becomes recursive in that time that was none before.
    ///
    /// Until the pin is there, which comes when the blocks below all roots were seen, nothing keeps them:
    /// when any block was removed meanwhile, all are looked at again.
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
    /// - Parameter mark: from before the caller looked at the blocks or stored them. Where one was removed
    ///   since, all of those that belong together are looked at again, and not pinned where one is missing.
    func pinPresent(
        _ cids: some Collection<CID>, since mark: DeletionMark, mode: Pin.Mode = .recursive,
        name: String, for context: RequestContext
    ) throws(ContentError) {
        try Self.check(name: name)
        var rest = cids[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(countAtOnce))
            rest = rest.dropFirst(part.count)
            let (pinMark, unpinMark) = (store.pinMark, store.unpinMark)
            let new = try write(part, mode, name, for: context)
            let written = Written(new: new, pinMark: pinMark, unpinMark: unpinMark)
            try confirm(part, written, since: mark, mode: mode, name: name, for: context)
        }
    }

    /// Pins that were written, and are confirmed or taken back.
    private struct Written {
        /// The roots that had none before.
        var new: [CID]
        /// How often they were written.
        var count = 1
        /// Where the pins stood before the first time.
        let pinMark: PinMark
        /// Where those stood that are taken away, before the last time.
        var unpinMark: PinMark
    }

    /// Writes pins that may be there.
    ///
    /// - Returns: the roots that had none.
    private func write(
        _ cids: [CID], _ mode: Pin.Mode, _ name: String, for context: RequestContext
    ) throws(ContentError) -> [CID] {
        var new: [CID] = []
        try inParts(
            cids, for: context, conflict: Self.alreadyRecursive
        ) { part, deadline throws(BlockStoreError) in
            new += try store.pin(part, mode: mode, name: name, by: deadline)
        }
        return new
    }

    /// Looks whether all is still here that pins keep from now on.
    ///
    /// One look is enough beside however many deletions, if the pins were there all the time: those that
    /// began behind the pins see them, and the others have ended before the look. But somebody else who has
    /// missed a block can have taken a pin back meanwhile, and who deletes then sees none. And a block that
    /// was seen on its way to the disk can have been lost there.
    ///
    /// The pins are written again behind each look: who deletes blocks can have looked while one on the way
    /// to them was missing, and has to look again.
    ///
    /// - Parameters:
    ///   - first: the pins; those that are new are taken back where something is missing.
    ///   - firstMark: from before the blocks were looked at.
    private func confirm(
        _ cids: [CID], _ first: Written, since firstMark: DeletionMark, mode: Pin.Mode,
        name: String, for context: RequestContext
    ) throws(ContentError) {
        var (mark, written, hasMissed) = (firstMark, first, false)
        for _ in 0..<Limits.removalLooksMax {
            let now = try storing { () throws(BlockStoreError) in
                try store.deletions(since: mark, by: context.deadline)
            }
            guard now != nil || hasMissed else { return }
            (mark, hasMissed) = (now ?? mark, false)
            let unpinMark = store.unpinMark
            do {
                try checkPresence(of: cids, mode: mode, for: context)
                written.new += try write(cids, mode, name, for: context)
                let haveStayed = store.haveStayed(cids, since: written.unpinMark)
                if haveStayed, !store.haveBlocksFailed(since: mark) { return }
                (written.count, written.unpinMark) = (written.count + 1, unpinMark)
            } catch let fault where fault.code == .blockNotFound {
                guard try !takeBack(written, without: fault.cid, for: context) else {
                    throw fault.prefixed("a block was removed meanwhile: ")
                }
                hasMissed = true
            }
        }
        throw ContentError(.overloaded, "blocks are removed all the time: try again")
    }

    /// Takes pins back because a block is missing: those that nobody else has made or confirmed since, and
    /// may have an answer that they are there.
    ///
    /// - Returns: false where it is here: somebody can have stored it again, and have an answer that it is
    ///   pinned.
    private func takeBack(
        _ written: Written, without missing: CID?, for context: RequestContext
    ) throws(ContentError) -> Bool {
        try storing { () throws(BlockStoreError) in
            try store.unpin(
                written.new, ignoringAbsent: true, ifAbsent: missing?.multihash,
                unless: { cid in
                    // Where nobody remembers, another one may have an answer that it is there.
                    store.pinCount(of: cid, since: written.pinMark).map { $0 > written.count }
                        ?? true
                }, by: context.deadline)
        }
    }

    /// Reads every block that pins would keep: one walk for many roots, which often share blocks.
    func checkPresence(
        of cids: [CID], mode: Pin.Mode, for context: RequestContext,
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
