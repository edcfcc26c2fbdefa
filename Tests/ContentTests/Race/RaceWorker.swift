import BlockStore
import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import Vault

/// A thread of a schedule: does what users do, and tells the model what it was told.
struct RaceWorker: Sendable {
    static let holders: [Pin.Holder] = [.rpc, .request(Bytes(utf8: "another"))]

    let seed: UInt64
    let content: RaceContent
    let model: RaceModel
    var random: SeededRandom

    init(number: Int, seed: UInt64, _ content: RaceContent, _ model: RaceModel) {
        self.seed = seed
        self.content = content
        self.model = model
        random = SeededRandom(seed: seed &+ UInt64(number + 1) << 48)
    }

    mutating func step(_ library: Library) {
        switch random.below(20) {
        case 0..<3: put(library)
        case 3, 4: add(library)
        case 5, 6: importArchive(library)
        case 7..<10: pin(library, .recursive)
        case 10: pin(library, .direct)
        case 11: update(library)
        case 12, 13: unpin(library)
        case 14: pinForAnother(library)
        case 15..<18: remove(library)
        default: read(library)
        }
    }

    /// A request whose time is long: where it is over, somebody hangs.
    func context() -> RequestContext { RequestContext(deadline: soon()) }

    mutating func dag() -> RaceContent.DAG { content.dags[random.below(content.dags.count)] }

    /// All blocks of a DAG, or some.
    mutating func some(of dag: RaceContent.DAG) -> [CID] {
        guard random.below(3) == 0 else { return dag.blocks }
        var some = dag.blocks
        some.remove(at: random.below(some.count))
        return some
    }

    /// - Returns: whether it was done.
    func attempt(_ body: () throws -> Void) -> Bool { ending(body) == .done }

    /// How a call has ended.
    func ending(_ body: () throws -> Void) -> RacePins.Ending {
        do {
            try body()
            return .done
        } catch {
            expectFailure(error)
            guard let error = error as? ContentError, error.code != .storage,
                !error.message.contains("may be pinned")
            else { return .unknown }
            return .refused
        }
    }

    /// A disk that fails, and what others do, are no faults.
    private func expectFailure(_ error: any Error) {
        let cause = (error as? ContentError)?.cause ?? error
        let usual: [ContentError.Code] = [.blockNotFound, .notPinned, .pinConflict]
        if let error = error as? ContentError, usual.contains(error.code) { return }
        if let error = cause as? BlockStoreError {
            let usual: [BlockStoreError.Code] = [.readOnly, .readError, .notPinned]
            if usual.contains(error.code) { return }
        }
        Issue.record("seed \(seed): \(error)")
    }

    // MARK: storing

    private mutating func put(_ library: Library) {
        let cids = some(of: dag())
        let change = model.begin(cids.map { .block($0.multihash) }, raises: true)
        let isDone = attempt {
            let writer = BlockWriter(ContentAccess(library, for: context()))
            for cid in cids {
                var naming = BlockWriter.Naming()
                naming.codec = cid.codec
                let put = try writer.put(content.bytes[cid] ?? .empty, naming: naming)
                #expect(put == cid, "seed \(seed)")
            }
            try writer.finish()
        }
        model.end(change) { _ in isDone }
    }

    private mutating func add(_ library: Library) {
        guard let dag = content.dags.last else { return }
        let change = model.begin(
            dag.blocks.map { .block($0.multihash) } + pins(of: [dag.root], .recursive),
            raises: true)
        let pins = model.pins.begin([dag.root])
        let ending = ending {
            let session = try AddSession(
                ContentAccess(library, for: context()), options: content.fileOptions
            ) { _ in }
            try session.beginFile(at: .top)
            try session.write(content.file)
            try session.endFile()
            let results = try session.finish(pinning: .recursively(name: "added"))
            #expect(results.map(\.cid) == [dag.root], "seed \(seed)")
        }
        model.pins.end(pins, ending, .pin(.recursive, name: "added"))
        model.end(change) { _ in ending == .done }
    }

    private mutating func importArchive(_ library: Library) {
        let dag = dag()
        let cids = some(of: dag)
        let stored = model.begin(cids.map { .block($0.multihash) }, raises: true)
        let pinned = model.begin(pins(of: [dag.root], .recursive), raises: true)
        let pins = model.pins.begin([dag.root])
        var isPinned = false
        let isStored = attempt {
            let archive = CARImport(ContentAccess(library, for: context()))
            try archive.feed(CARWriter.header(roots: [dag.root]))
            for cid in cids {
                let bytes = content.bytes[cid] ?? .empty
                try archive.feed(CARWriter.sectionHead(cid: cid, payloadCount: bytes.count))
                try archive.feed(bytes)
            }
            try archive.endArchive()
            isPinned = try archive.finish(pinsRoots: true).allSatisfy { $0.pinError == nil }
        }
        // Why it was not pinned is a text there.
        model.pins.end(pins, isPinned ? .done : .unknown, .pin(.recursive, name: ""))
        model.end(stored) { _ in isStored }
        model.end(pinned) { _ in isPinned }
    }

    // MARK: removing

    private mutating func remove(_ library: Library) {
        let all = content.blocks
        let cids = (0..<(1 + random.below(6))).map { _ in all[random.below(all.count)] }
        let kept = cids.map { model.whatIsSo(keepers(of: $0)) }
        let change = model.begin(cids.map { .block($0.multihash) }, raises: false)
        var removed: Set<CID> = []
        var outcomes: [BlockRemoval.Outcome] = []
        let isDone = attempt {
            let removal = BlockRemoval(ContentAccess(library, for: context()))
            try removal.remove(cids, isForced: false) { outcomes.append($0) }
        }
        #expect(!isDone || outcomes.count == cids.count, "seed \(seed)")
        for (index, outcome) in outcomes.enumerated() {
            #expect(outcome.cid == cids[index], "seed \(seed)")
            guard let error = outcome.error else {
                removed.insert(outcome.cid)
                let keeper = model.whatHasStayed(kept[index])
                #expect(keeper == nil, "seed \(seed): \(outcome.cid) was removed")
                continue
            }
            #expect(!error.hasPrefix("pins change all the time"), "seed \(seed)")
        }
        let gone = Set(removed.map { RaceModel.Subject.block($0.multihash) })
        model.end(change, gone.contains)
    }

    /// The pins that keep a block, if they are there.
    func keepers(of cid: CID) -> [RaceModel.Subject] {
        content.dags.flatMap { dag -> [RaceModel.Subject] in
            guard dag.blocks.contains(cid) else { return [] }
            return Self.holders.flatMap { holder -> [RaceModel.Subject] in
                let whole = RaceModel.Subject.recursive(dag.root, holder)
                return dag.root == cid ? [whole, .pin(dag.root, holder)] : [whole]
            }
        }
    }

    // MARK: reading

    private mutating func read(_ library: Library) {
        let all = content.blocks
        let cid = all[random.below(all.count)]
        let kept = model.whatIsSo(keepers(of: cid))
        let absence = model.absence(of: cid.multihash)
        do {
            let reader = ContentAccess(library, for: context()).makeReader()
            let bytes = try reader.block(cid)
            #expect(bytes == content.bytes[cid], "seed \(seed): \(cid)")
            let isGone = absence != nil && model.absence(of: cid.multihash) == absence
            #expect(!isGone, "seed \(seed): \(cid) was removed and is read")
        } catch let error where error.code == .blockNotFound {
            #expect(
                model.whatHasStayed(kept) == nil, "seed \(seed): \(cid) is pinned and not here")
        } catch {
            expectFailure(error)
        }
    }
}
