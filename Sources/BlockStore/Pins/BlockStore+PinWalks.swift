import Buffers
import Execution
package import Multiformats

extension BlockStore {
    /// Shows the pins of a holder, in the order of the CIDs' bytes.
    ///
    /// - Parameters:
    ///   - mode: only those; nil for all.
    ///   - holder: whose.
    ///   - body: returns false to stop.
    /// - Throws: `.corrupt` for a damaged pin or table, `.readError`, `.closed`, and what the body throws.
    package func forEachPin(
        mode: Pin.Mode? = nil, of holder: Pin.Holder = .rpc, _ body: (Pin) throws -> Bool
    ) throws {
        try forEachRow(of: Pin.table) { row in
            guard row.key.holder == holder, mode == nil || row.record.mode == mode else {
                return true
            }
            return try body(Pin(row))
        }
    }

    /// Shows every root that is to be kept, whoever wants it, once and with the strongest of its modes, in
    /// the order of the CIDs' bytes. Before them what is about to be pinned, in any order.
    ///
    /// - Parameters:
    ///   - mode: only roots whose strongest mode it is; nil for all.
    ///   - body: returns false to stop.
    /// - Throws: as `forEachPin`.
    package func forEachRoot(
        mode: Pin.Mode? = nil, _ body: (CID, Pin.Mode) throws -> Bool
    ) throws {
        var current: (cid: CID, mode: Pin.Mode)?
        func show() throws -> Bool {
            guard let current, mode == nil || current.mode == mode else { return true }
            return try body(current.cid, current.mode)
        }
        // First: what is held no longer is pinned by now, or will not be.
        for hold in pinHolds.withLock({ $0 }) where mode == nil || hold.mode == mode {
            for cid in hold.roots { guard try body(cid, hold.mode) else { return } }
        }
        var goesOn = true
        try forEachRow(of: Pin.table) { row in
            let (cid, mode) = (row.key.cid, row.record.mode)
            if let known = current, known.cid == cid {
                current = (cid, known.mode.stronger(mode))
            } else {
                goesOn = try show()
                current = (cid, mode)
            }
            return goesOn
        }
        if goesOn { _ = try show() }
    }

    /// The strongest mode in which anybody pins a root, or is about to; nil where nobody does.
    package func rootMode(of cid: CID) throws -> Pin.Mode? {
        guard cid.multihash.digestCount <= Limits.digestBytesMax else { return nil }
        var mode: Pin.Mode?
        // First, as above.
        for hold in pinHolds.withLock({ $0 }) where hold.roots.contains(cid) {
            mode = mode?.stronger(hold.mode) ?? hold.mode
        }
        guard mode != .recursive else { return mode }
        var range = TableRange<PinKey>()
        range.prefix = cid.bytes
        try forEachRow(of: Pin.table, range) { row in
            mode = mode?.stronger(row.record.mode) ?? row.record.mode
            return mode != .recursive
        }
        return mode
    }
}

extension Pin.Mode {
    /// What keeps more.
    fileprivate func stronger(_ other: Pin.Mode) -> Pin.Mode {
        self == .recursive || other == .recursive ? .recursive : .direct
    }
}
