import BlockStore
import Buffers
import Multiformats
import TestSupport
import Testing

@testable import crash_child

/// What a child process was told by its store before it died, and what must hold of the store
/// afterwards.
struct Acknowledgements {
    /// Numbers of blocks and pins that must be there.
    private(set) var blocks: Set<Int> = []
    private(set) var pins: Set<Int> = []
    /// Numbers of blocks and pins that must be gone.
    private(set) var deleted: Set<Int> = []
    private(set) var unpinned: Set<Int> = []
    private(set) var errors: [String] = []
    private(set) var didOpen = false

    /// Adds what a child wrote. A last line without its end was not finished, and does not count.
    ///
    /// - Parameters:
    ///   - output: all that it wrote.
    ///   - certain: the start of it that counts as acknowledged; of the rest only what the child was
    ///     about to do counts.
    mutating func read(_ output: String, certain: String? = nil) {
        let certainCount = certain.map { Self.lines($0).count } ?? .max
        for (index, line) in Self.lines(output).enumerated() {
            if line == "open" { didOpen = true }
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { continue }
            if words[0] == "e" { errors.append(String(words[1])) }
            let isIntent = words[0] == "u" || words[0] == "d"
            guard index < certainCount || isIntent, let number = Int(words[1]) else { continue }
            add(words[0], number)
        }
    }

    private static func lines(_ output: String) -> ArraySlice<Substring> {
        output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private mutating func add(_ event: Substring, _ number: Int) {
        switch event {
        case "b": blocks.insert(number)
        case "p": pins.insert(number)
        // About to be removed: it may be there or not until the removal is acknowledged.
        case "u": pins.remove(number)
        case "U": unpinned.insert(number)
        case "d": blocks.remove(number)
        case "D": deleted.insert(number)
        default: break
        }
    }

    /// Checks a reopened store.
    func check(_ store: BlockStore, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for number in blocks {
            let block = try SampleBlock.make(number)
            let stored = try store.get(block.multihash)
            #expect(
                stored == block.bytes, "block \(number) is lost", sourceLocation: sourceLocation)
        }
        for number in pins {
            let cid = CID.v1(.raw, try SampleBlock.make(number).multihash)
            #expect(
                try store.pin(of: cid)?.name == "\(number)", "pin \(number) is lost",
                sourceLocation: sourceLocation)
        }
        for number in deleted {
            let block = try SampleBlock.make(number)
            #expect(
                try store.get(block.multihash) == nil, "block \(number) is back",
                sourceLocation: sourceLocation)
        }
        for number in unpinned {
            let cid = CID.v1(.raw, try SampleBlock.make(number).multihash)
            #expect(
                try store.pin(of: cid) == nil, "pin \(number) is back",
                sourceLocation: sourceLocation)
        }
        try checkCounters(store, sourceLocation)
    }

    /// Every block of the index can be read, and the counters count them.
    private func checkCounters(_ store: BlockStore, _ location: SourceLocation) throws {
        var (count, bytes) = (0, 0)
        try store.forEachBlock { multihash, info in
            count += 1
            bytes += info.byteCount
            let stored = try store.get(multihash)
            #expect(stored?.count == info.byteCount, sourceLocation: location)
            return true
        }
        #expect(store.statistics.blockCount == count, sourceLocation: location)
        #expect(store.statistics.byteCount == bytes, sourceLocation: location)
    }
}
