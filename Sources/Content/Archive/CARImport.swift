import BlockStore
package import Buffers
import Execution
import IPLD
import Multiformats

/// Takes one or more CARs in pieces, checks the hash of every block on the pool, and stores them in
/// order.
///
///     let archive = CARImport(library, deadline: deadline)
///     try archive.feed(piece)                    // as often as there are bytes
///     try archive.endArchive()                   // before the next CAR, and at the end
///     let roots = try archive.finish(pinsRoots: true)
///
/// Blocks are not decoded: one of an unknown codec is stored like any other. Not `Sendable`.
///
/// - Spec: Kubo RPC API, `dag/import`.
package final class CARImport {
    /// Blocks that were read.
    package private(set) var blockCount: UInt64 = 0
    /// Their bytes.
    package private(set) var blockByteCount: UInt64 = 0

    private let access: ContentAccess
    private let allowsBigBlocks: Bool
    private let appender: Appender
    private let checks: OrderedWork<CID, Block, Result<VerifiedBlock?, ContentError>>
    private var reader: CARReader
    /// Of the current CAR.
    private var lastStored: CID?
    private var roots: ImportedRoots
    /// The start of a block that is not complete.
    private let unfinished: UnfinishedInput

    /// Opens an import; nothing is written yet.
    ///
    /// - Parameters:
    ///   - access: where the blocks go, and who asks.
    ///   - allowsBigBlocks: whether blocks over 2 MiB are taken.
    package init(_ access: ContentAccess, allowsBigBlocks: Bool = false) {
        self.access = access
        self.allowsBigBlocks = allowsBigBlocks
        appender = access.library.store.makeAppender(by: access.context.deadline)
        unfinished = UnfinishedInput(access)
        roots = ImportedRoots(access)
        checks = OrderedWork(
            for: access,
            window: .init(
                bytesMax: Limits.importWindowBytesMax, batchBytesMin: Limits.checkBatchBytesMin,
                batchCountMax: Limits.leafBatchCountMax),
            work: Self.check)
        reader = Self.makeReader(allowsBigBlocks)
    }

    /// Takes the next piece of the current CAR.
    ///
    /// - Throws: `.badArchive`, `.damaged`, `.blockTooLarge`, `.storage`, `.deadlineExceeded`,
    ///   `.overloaded`; the import cannot go on. What was stored before stays, without a pin.
    /// - Blocking: waits while the window is full.
    package func feed(_ piece: Bytes) throws(ContentError) {
        guard !piece.isEmpty else { return }
        if unfinished.isAside {
            guard try unfinished.append(piece) else { return }
            try resume()
        } else {
            reader.feed(piece)
            try takeEvents()
        }
        let isLarge = reader.sectionInProgress.byteCount > Limits.assembledBytesMax
        if isLarge || !unfinished.mayHold(reader.heldByteCount) { try putAside() }
    }

    private func putAside() throws(ContentError) {
        let missing = reader.sectionInProgress.missing
        try unfinished.putAside([[reader.takeHeld()]], missing: missing)
    }

    /// Goes on with an archive whose bytes were put aside.
    private func resume() throws(ContentError) {
        guard unfinished.isAside else { return }
        try storeRest()
        try unfinished.takeRuns { _, piece in reader.putBack(piece) }
        while let piece = try unfinished.takeArrived() {
            reader.feed(piece)
            try takeEvents()
        }
        guard unfinished.isLarge else { return }
        try storeRest()
        try appender.waitForDisk(by: access.context.deadline)
        unfinished.endLarge()
    }

    /// Says that nothing more comes for a while: what was read is stored, so that others get the
    /// room, and the start of a block that is not complete goes to a file.
    ///
    /// - Throws: as `feed(_:)`.
    package func pause() throws(ContentError) {
        try storeRest()
        guard !unfinished.isAside, reader.heldByteCount > Limits.freeUnfinishedBytes else {
            return
        }
        try putAside()
    }

    /// Says that the current CAR has ended; another one may follow.
    ///
    /// Its blocks are checked and stored then: a fault that shows later is none of it.
    ///
    /// - Throws: `.badArchive` when it ends in the middle of something, and as `feed(_:)`.
    package func endArchive() throws(ContentError) {
        try resume()
        do {
            try reader.finish()
        } catch {
            // Blocks before the fault are stored, so that the message can name the last of them.
            try storeRest()
            throw failure(
                after: lastStored, error.code == .truncated ? "unexpected EOF" : "\(error)")
        }
        try storeRest()
        lastStored = nil
        reader = Self.makeReader(allowsBigBlocks)
        unfinished.end()
    }

    /// Waits until every block is on disk, then pins the roots.
    ///
    /// - Parameters:
    ///   - pinsRoots: whether roots get recursive pins; one with blocks missing gets none, and says
    ///     so.
    ///   - pinName: the name of those pins.
    /// - Returns: every root, in order.
    /// - Throws: as `feed(_:)`; roots of earlier parts stay pinned then.
    package func finish(
        pinsRoots: Bool, pinName: String = ""
    ) throws(ContentError) -> [ImportedRoot] {
        try storeRest()
        try appender.waitForDisk(by: access.context.deadline)
        return pinsRoots ? try roots.pinned(name: pinName) : roots.unpinned
    }

    private func takeEvents() throws(ContentError) {
        while let event = try nextEvent() {
            switch event {
            case .header(_, let roots): try self.roots.take(roots)
            case .block(let block): try take(block)
            }
        }
    }

    private func nextEvent() throws(ContentError) -> CARReader.Event? {
        do {
            return try reader.next()
        } catch {
            try storeRest()
            throw failure(after: lastStored, "\(error)")
        }
    }

    private func take(_ block: Block) throws(ContentError) {
        let limit = allowsBigBlocks ? Limits.bigBlockBytesMax : Limits.blockBytesMax
        guard block.bytes.count <= limit else {
            try storeRest()
            throw ContentError.blockTooLarge(block.cid, limit: limit).importing(at: block.cid)
        }
        blockCount += 1
        blockByteCount += UInt64(block.bytes.count)
        // A short one would keep the piece that it came in, whatever else has room in that: of a
        // slow client 16 KiB for a block of 40 bytes.
        let isShort = block.bytes.count < Limits.freeUnfinishedBytes
        let block = isShort ? block.detached() : block
        let held = max(block.bytes.count, block.bytes.heldByteCount / 2)
        do {
            let byteCount = unfinished.isLarge ? 0 : held
            try checks.push(block.cid, block, byteCount: byteCount, deliver: store)
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    private func storeRest() throws(ContentError) {
        do {
            try checks.finish(deliver: store)
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    private func store(
        _ cid: CID, _ checked: Result<VerifiedBlock?, ContentError>?
    ) throws(ContentError) {
        do {
            if let block = try checked?.get() { try appender.append(block, as: cid) }
        } catch {
            throw error.importing(at: cid)
        }
        lastStored = cid.compacted()
    }

    private func failure(after cid: CID?, _ cause: String) -> ContentError {
        let place = cid.map { " after block \"\($0.text())\"" } ?? ""
        return ContentError(.badArchive, "import failed\(place): \(cause)", cid: cid)
    }

    private static func makeReader(_ allowsBigBlocks: Bool) -> CARReader {
        CARReader(
            sectionBytesMax: allowsBigBlocks
                ? Limits.bigBlockBytesMax + Limits.sectionCIDBytesMax : 2 * Limits.blockBytesMax)
    }
}
