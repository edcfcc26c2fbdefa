import BlockStore
import Multiformats

/// Which of some blocks are kept by pins, whoever holds the pin, in Kubo's words.
struct PinHolders {
    /// Where the pins stood before the last look at them.
    private(set) var mark: PinMark
    private let access: ContentAccess
    private var wanted: Set<Multihash>
    private var holders: [Multihash: String] = [:]
    /// The first block below a pin that could not be looked below, if there was one: a pin may keep what has
    /// no holder here.
    private(set) var gap: PinGap?

    /// Looks at all pins.
    ///
    /// - Throws: `.storage`, and as `RequestContext.check()`.
    init(of cids: [CID], _ access: ContentAccess) throws(ContentError) {
        self.access = access
        wanted = Set(cids.map(\.multihash))
        mark = try Self.mark(access)
        try look()
    }

    /// What keeps a block, also one that is not here; nil if nothing was seen to at the last look.
    func holder(of multihash: Multihash) -> String? { holders[multihash] }

    /// Looks at what was pinned since the last look.
    ///
    /// - Throws: as `init`.
    mutating func lookAgain() throws(ContentError) {
        let before = mark
        mark = try Self.mark(access)
        guard let roots = access.library.store.rootsPinned(since: before) else {
            return try look()
        }
        var walk = DAGWalk(roots: [], access: access, options: .aroundFaults)
        for root in roots {
            // It may be gone again.
            guard let mode = try mode(of: root) else { continue }
            note(root, mode)
            guard mode == .recursive else { continue }
            walk.goOn(below: root)
            try search(below: root, by: &walk)
        }
    }

    private static func mark(_ access: ContentAccess) throws(ContentError) -> PinMark {
        do {
            return try access.library.store.visiblePinMark(by: access.context.deadline)
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    private func mode(of root: CID) throws(ContentError) -> Pin.Mode? {
        do {
            return try access.library.store.rootMode(of: root)
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    private mutating func look() throws(ContentError) {
        let store = access.library.store
        gap = nil
        do {
            try store.forEachRoot { root, mode in
                try access.context.check()
                note(root, mode)
                return true
            }
            guard !wanted.isEmpty else { return }
            // One walk for all pins. They come page by page: a list of them would grow with the
            // repository.
            var walk = DAGWalk(roots: [], access: access, options: .aroundFaults)
            try store.forEachRoot(mode: .recursive) { root, _ in
                try access.context.check()
                walk.goOn(below: root)
                try search(below: root, by: &walk)
                return !wanted.isEmpty
            }
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    /// Notes that a pin keeps its own root.
    private mutating func note(_ root: CID, _ mode: Pin.Mode) {
        guard wanted.remove(root.multihash) != nil else { return }
        holders[root.multihash] = mode == .recursive ? "pinned: recursive" : "pinned: direct"
    }

    private mutating func search(
        below root: CID, by walk: inout DAGWalk
    ) throws(ContentError) {
        // The same text for all of them.
        lazy var via = "pinned via \(root.text())"
        while !wanted.isEmpty, let visit = try walk.next() {
            gap = gap ?? PinGap(visit, below: root)
            guard wanted.remove(visit.cid.multihash) != nil else { continue }
            // A root that was pinned since the pins were looked at is passed below other pins.
            holders[visit.cid.multihash] = visit.depth > 0 ? via : "pinned: recursive"
        }
    }
}
