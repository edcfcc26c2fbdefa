import BlockStore
package import Buffers
import Execution
import IPLD
package import Multiformats
import Vault

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
/// - Spec: kubo-rpc 3.3, `dag/import`.
package final class CARImport {
    /// What became of one root.
    package struct Root: Sendable, Hashable {
        /// As the header spells it.
        package let cid: CID
        /// Why it was not pinned; nil when it was, or when no pin was asked for.
        package fileprivate(set) var pinError: String?
    }

    /// The roots of all headers so far, each once, in order.
    package private(set) var roots: [CID] = []
    /// Blocks that were read.
    package private(set) var blockCount: UInt64 = 0
    /// Their bytes.
    package private(set) var blockByteCount: UInt64 = 0

    private let access: ContentAccess
    private let allowsBigBlocks: Bool
    private let appender: Appender
    private let checks: OrderedWork<CID, Block, Result<VerifiedBlock?, ContentError>>
    private var reader: CARReader
    private var lastStored: CID?
    private var knownRoots: Set<CID> = []
    /// For the roots and what becomes of them, until the import goes away.
    private let memory: StateShare
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
        memory = access.makeEntryShare()
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
        if !unfinished.mayHold(reader.heldByteCount) { try putAside() }
    }

    private func putAside() throws(ContentError) {
        try unfinished.putAside([[reader.takeHeld()]])
    }

    /// Goes on with an archive whose bytes were put aside.
    private func resume() throws(ContentError) {
        guard unfinished.isAside else { return }
        try unfinished.takeRuns { _, piece in reader.putBack(piece) }
        while let piece = try unfinished.takeArrived() {
            reader.feed(piece)
            try takeEvents()
        }
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
    /// - Throws: `.badArchive` when it ends in the middle of something.
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
        reader = Self.makeReader(allowsBigBlocks)
        unfinished.end()
    }

    /// Waits until every block is on disk, then pins the roots, `Limits.pinsAtOnceMax` at a time: each
    /// part is pinned as soon as its blocks were seen, so that few can be removed in between.
    ///
    /// - Parameters:
    ///   - pinsRoots: whether roots get recursive pins; one with blocks missing gets none, and says
    ///     so.
    ///   - pinName: the name of those pins.
    /// - Returns: every root, in order.
    /// - Throws: as `feed(_:)`; roots of earlier parts stay pinned then.
    package func finish(
        pinsRoots: Bool, pinName: String = ""
    ) throws(ContentError) -> [Root] {
        try storeRest()
        do {
            try appender.barrier(by: access.context.deadline)
        } catch {
            throw ContentError(error)
        }
        var results = roots.map { Root(cid: $0, pinError: nil) }
        guard pinsRoots else { return results }
        for start in stride(from: 0, to: results.count, by: Limits.pinsAtOnceMax) {
            let part = start..<min(start + Limits.pinsAtOnceMax, results.count)
            for index in part {
                results[index].pinError = try fault(below: results[index].cid)
            }
            try pin(part, of: &results, pinName)
        }
        return results
    }

    /// Why a root cannot be pinned.
    private func fault(below root: CID) throws(ContentError) -> String? {
        do {
            try Pins(access.library).checkPresence(
                of: [root], mode: .recursive, for: access.context)
            return nil
        } catch let error where error.endsRequest {
            throw error
        } catch {
            try memory.take(error.message.utf8.count)
            return error.message
        }
    }

    /// Pins those roots of a part that can be pinned; where the store refuses, all of them have its
    /// error.
    private func pin(
        _ part: Range<Int>, of results: inout [Root], _ name: String
    ) throws(ContentError) {
        let wanted = results[part].filter { $0.pinError == nil }.map(\.cid)
        do {
            try Pins(access.library).pinPresent(
                wanted, mode: .recursive, name: name, for: access.context)
        } catch let error where error.endsRequest {
            throw error
        } catch {
            for index in part where results[index].pinError == nil {
                results[index].pinError = error.message
            }
        }
    }

    private func takeEvents() throws(ContentError) {
        while let event = try nextEvent() {
            switch event {
            case .header(_, let roots):
                try take(roots)
            case .block(let block):
                try take(block)
            }
        }
    }

    /// Roots live until the end of the import, so they get memory of their own, and a limit.
    private func take(_ roots: [CID]) throws(ContentError) {
        for root in roots where !knownRoots.contains(root) {
            guard knownRoots.count < Limits.archiveRootsMax else {
                throw ContentError(
                    .badArchive,
                    "import failed: more than \(Limits.archiveRootsMax) roots: import in parts")
            }
            let root = root.compacted()
            try memory.take(Self.memory(of: root))
            knownRoots.insert(root)
            self.roots.append(root)
        }
    }

    /// What a root takes in the set, in the list and in the results, all of which grow by doubling.
    private static func memory(of root: CID) -> Int {
        2 * (2 * MemoryLayout<CID>.stride + MemoryLayout<Root>.stride) + 2 + root.outsideByteCount
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
        do {
            try checks.push(block.cid, block, byteCount: block.bytes.count, deliver: store)
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
            if let block = try checked?.get() { try append(block) }
        } catch {
            throw error.importing(at: cid)
        }
        lastStored = cid.compacted()
    }

    private func append(_ block: VerifiedBlock) throws(ContentError) {
        do {
            try appender.append(block)
        } catch {
            throw ContentError(error)
        }
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

    /// Runs on the pool. Identity blocks are checked and not stored: their CID holds them.
    private static func check(_ block: Block) -> Result<VerifiedBlock?, ContentError> {
        if let content = block.cid.identityContent {
            return content == block.bytes ? .success(nil) : .failure(.damaged(block))
        }
        if let verified = VerifiedBlock(checking: block.bytes, against: block.cid) {
            return .success(verified)
        }
        do {
            _ = try HashFunction(code: block.cid.multihash.code)
            return .failure(.damaged(block))
        } catch {
            return .failure(
                ContentError(.damaged, error.message, cid: block.cid, cause: error))
        }
    }
}

extension ContentError {
    /// The error for bytes that do not have the hash of their CID.
    static func damaged(_ block: Block) -> ContentError {
        ContentError(
            .damaged, "mismatch in content integrity, the block does not have the hash of its CID",
            cid: block.cid)
    }

    /// The error for a block over the limit; over 2 MiB in Kubo's words.
    ///
    /// - Parameters:
    ///   - cid: the block, where it is known.
    ///   - limit: bytes that a block may have.
    package static func blockTooLarge(
        _ cid: CID? = nil, limit: Int = Limits.blockBytesMax
    ) -> ContentError {
        guard limit == Limits.blockBytesMax else {
            return ContentError(
                .blockTooLarge,
                "produced block is over \(limit >> 20)MiB, the most that this node takes: consider "
                    + "using UnixFS for automatic chunking of bigger files", cid: cid)
        }
        return ContentError(
            .blockTooLarge,
            "produced block is over 2MiB: big blocks can't be exchanged with other peers. consider "
                + "using UnixFS for automatic chunking of bigger files, or pass "
                + "--allow-big-block to override", cid: cid)
    }

    func importing(at cid: CID) -> ContentError {
        guard code != .storage, !endsRequest else { return self }
        return prefixed("import failed at block \"\(cid.text())\": ")
    }
}
