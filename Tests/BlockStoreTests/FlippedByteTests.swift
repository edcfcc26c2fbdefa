import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// Every byte of a small store is flipped, one at a time: nothing wrong is served, and what was acknowledged
/// is there, or is told to be damaged. All pins are there at the second start, and all blocks where `meta/`
/// was damaged: the other database has them.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct FlippedByteTests {
    /// As a kill leaves it, all in LevelDB's logs, and as a stop leaves it, all in tables.
    @Test(arguments: [false, true])
    func nothingIsLostWithoutAWord(isClosed: Bool) throws {
        let sample = try SmallStore(isClosed: isClosed)
        var outcomes: [FlippedStore.Outcome: Int] = [:]
        for file in sample.files {
            let size = try File.readAll(file, limit: 1 << 20).count
            // All of them with `HOLDFAST_TEST_ALL`.
            for offset in stride(from: 0, to: size, by: TestScale.isFull ? 1 : 17) {
                let flipped = FlippedStore(sample, file: file, offset: offset)
                outcomes[try flipped.outcome(), default: 0] += 1
            }
        }
        let counts = outcomes.map { "\($0.key.rawValue) \($0.value)" }.sorted()
        print("flipped bytes of \(isClosed ? "tables" : "logs"): \(counts)")
        #expect((outcomes[.refused] ?? 0) > 0)
        #expect((outcomes[.told] ?? 0) > 0)
        // Every byte of a log counts; a table has some that nobody reads.
        #expect((outcomes[.whole] ?? 0) > 0 || !isClosed)
    }
}

/// A store with a few blocks and pins, none of which runs any more.
private struct SmallStore {
    let scratch: ScratchStore
    /// Blocks and pins that were acknowledged.
    let blocks: [VerifiedBlock]
    let pins: [Pin]
    /// The files of its databases.
    let files: [String]

    init(isClosed: Bool) throws {
        scratch = try ScratchStore()
        var options = scratch.options
        options.folder = scratch.folder + "/open"
        options.logWriteBufferByteCount = 1 << 20
        blocks = try (0..<12).map { try VerifiedBlock(sample: $0, byteCount: 150) }
        let store = try BlockStore.open(options)
        for (number, block) in blocks.enumerated() {
            try store.append([block], by: soon())
            guard number % 2 == 0 else { continue }
            try store.pin(
                block.cid, mode: number % 4 == 0 ? .direct : .recursive, name: "pin \(number)",
                by: soon())
        }
        // That waits for the index.
        try store.forEachBlock { _, _ in true }
        var pins: [Pin] = []
        try store.forEachPin { pin in
            pins.append(pin)
            return true
        }
        self.pins = pins
        if isClosed { store.close() }
        // As it is on disk at this moment.
        let copy = scratch.folder + "/sample"
        try Self.copy(options.folder, to: copy)
        files = try ["blocks", "meta"].flatMap { name in
            try File.names(in: "\(copy)/\(name)")
                .filter { $0 == "CURRENT" || $0.contains(".l") || $0.hasPrefix("MANIFEST") }
                .map { "\(copy)/\(name)/\($0)" }
        }
        store.close()
    }

    /// Copies the databases of a store.
    static func copy(_ folder: String, to copy: String) throws {
        try File.makeFolder(copy)
        for name in ["blocks", "meta"] {
            try File.makeFolder("\(copy)/\(name)")
            for file in try File.names(in: "\(folder)/\(name)") where file != "LOCK" {
                let bytes = try File.readAll("\(folder)/\(name)/\(file)", limit: 1 << 20)
                try File.make("\(copy)/\(name)/\(file)", with: bytes)
            }
        }
    }
}

/// A copy of a store with one byte flipped.
private struct FlippedStore {
    enum Outcome: String {
        /// Everything is there.
        case whole
        /// Something is not, and that is told.
        case told
        /// It cannot be opened, with an error.
        case refused
    }

    private let sample: SmallStore
    private let file: String
    private let offset: Int
    private var name: String { "byte \(offset) of \(file)" }

    init(_ sample: SmallStore, file: String, offset: Int) {
        self.sample = sample
        self.file = file
        self.offset = offset
    }

    func outcome() throws -> Outcome {
        let original = File.folder(of: File.folder(of: file))
        let folder = sample.scratch.folder + "/flipped"
        try SmallStore.copy(original, to: folder)
        defer { try? File.removeTree(folder) }
        let path = folder + file.dropFirst(original.count)
        var bytes = try File.readAll(path, limit: 1 << 20).array
        bytes[offset] ^= 1 << UInt8(offset % 8)
        try File.replace(path, with: Bytes(bytes))
        var options = sample.scratch.options
        options.folder = folder
        options.logWriteBufferByteCount = 1 << 20
        let first = try look(options)
        let isOfMeta = file.contains("/meta/")
        guard first.outcome != .refused else {
            #expect(!isOfMeta, "\(name): refused, though blocks/ has it all")
            return .refused
        }
        // Another start does not make it look whole.
        let second = try look(options)
        #expect(second.outcome == first.outcome || first.outcome == .told, "\(name)")
        #expect(second.hasAllPins, "\(name): pins are missing")
        if isOfMeta { #expect(second.hasAllBlocks, "\(name): blocks are missing") }
        return first.outcome
    }

    private struct Look {
        let outcome: Outcome
        var hasAllBlocks = false
        var hasAllPins = false
    }

    private func look(_ options: BlockStoreOptions) throws -> Look {
        let store: BlockStore
        do throws(BlockStoreError) {
            store = try BlockStore.open(options)
        } catch {
            #expect([.corrupt, .readError, .folder].contains(error.code), "\(name): \(error)")
            return Look(outcome: .refused)
        }
        defer { store.close() }
        let (isMissing, blocksFailed) = lookAtBlocks(store)
        let (isAnyGone, failed) = lookAtPins(store)
        if isMissing || isAnyGone { #expect(!store.damage.isEmpty, "\(name): lost without a word") }
        let isTold = failed || !store.damage.isEmpty || store.quarantinedCount > 0
        return Look(
            outcome: isTold || isMissing || isAnyGone ? .told : .whole,
            hasAllBlocks: !isMissing && !blocksFailed, hasAllPins: !isAnyGone && !failed)
    }

    /// - Returns: whether a block is gone and no error says so; whether there was an error.
    private func lookAtBlocks(_ store: BlockStore) -> (isMissing: Bool, failed: Bool) {
        var (isMissing, failed) = (false, false)
        for block in sample.blocks {
            do throws(BlockStoreError) {
                let bytes = try store.get(block.multihash)
                #expect(bytes == nil || bytes == block.bytes, "\(name): a wrong block")
                isMissing = isMissing || bytes == nil
            } catch {
                #expect([.corrupt, .readError].contains(error.code), "\(name): \(error)")
                failed = true
            }
        }
        return (isMissing, failed)
    }

    /// - Returns: whether a pin is gone and no error says so; whether there was an error.
    private func lookAtPins(_ store: BlockStore) -> (isAnyGone: Bool, failed: Bool) {
        var (isAnyGone, failed) = (false, false)
        for pin in sample.pins {
            do throws(BlockStoreError) {
                let found = try store.pin(of: pin.cid)
                #expect(found == nil || found == pin, "\(name): a wrong pin")
                isAnyGone = isAnyGone || found == nil
            } catch {
                #expect([.corrupt, .readError].contains(error.code), "\(name): \(error)")
                failed = true
            }
        }
        do {
            try store.forEachPin { pin in
                #expect(sample.pins.contains(pin), "\(name): a pin that nobody made")
                return true
            }
        } catch {
            failed = true
        }
        return (isAnyGone, failed)
    }
}
