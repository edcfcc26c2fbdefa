import Buffers
import Multiformats

/// One part of the block cache: a window for newcomers, and a main part that keeps what is asked for
/// often.
///
/// A newcomer enters the window. What falls out of it gets into the main part only if it was asked
/// for before it came, and more often than what would have to leave: so one big download, or one
/// list of a million entries, passes through the window, leaves the rest alone, and takes no memory
/// that nobody needs. The main part is a segmented LRU: on probation until the second request,
/// then protected. A block that is larger than the window stands for its place in the main part at
/// once; one that is larger than a third of the shard is not kept.
///
/// - Invariant: the three segments never take more than the capacity, with all memory that their
///   blocks keep from being freed.
struct CacheShard {
    enum Segment: Int { case window, probation, protected }

    private struct Node {
        var key: CacheKey
        var bytes: Bytes
        /// What the entry takes.
        var cost: Int
        var segment: Segment
        var previous: Int
        var next: Int
    }

    private struct List {
        var first = -1
        var last = -1
        var byteCount = 0
    }

    /// What all segments may take; less than at the start while memory is short.
    private var capacity: Int
    private var windowMax: Int { capacity / 8 }
    private var protectedMax: Int { (capacity - windowMax) / 5 * 4 }
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var places: [CacheKey: Int] = [:]
    private var lists = [List(), List(), List()]
    private var sketch: FrequencySketch
    /// Keys that the sketch has room for at the most.
    private let sketchEntriesMax: Int

    /// Grows with every removal: an insertion that began to read before it is refused.
    private(set) var version = 0

    init(capacity: Int) {
        self.capacity = capacity
        // Nodes of folders have about 1 KiB; smaller blocks matter less.
        sketchEntriesMax = min(max(64, capacity / 1_024), Limits.sketchEntriesMax)
        // A large cache may stay as good as empty, and is not to hold up the start.
        sketch = FrequencySketch(entryCount: min(sketchEntriesMax, Limits.sketchEntriesAtStart))
    }

    var count: Int { places.count }
    var byteCount: Int { lists.reduce(0) { $0 + $1.byteCount } }
    /// What the counters of requests take beside the entries.
    var sketchByteCount: Int { sketch.byteCount }
    var sketchByteCountMax: Int { FrequencySketch.byteCount(entryCount: sketchEntriesMax) }

    mutating func get(_ key: CacheKey) -> Bytes? {
        guard let place = places[key] else {
            sketch.increment(key.hash)
            return nil
        }
        // Looks at a block that has only just come are one reader's who comes back to it: a folder of a
        // million entries would stay in memory for them.
        if nodes[place].segment != .window { sketch.increment(key.hash) }
        touch(place)
        return nodes[place].bytes
    }

    /// The size of a block, as if nobody had asked; nil if it is not held.
    func byteCount(of key: CacheKey) -> Int? { places[key].map { nodes[$0].bytes.count } }

    /// Offers a block that was read.
    mutating func insert(_ key: CacheKey, _ bytes: Bytes, ifVersion version: Int) {
        guard self.version == version, places[key] == nil else { return }
        let (key, bytes) = (key.compacted(), bytes.compacted(slackByteCount: Self.slackByteCount))
        let cost = Self.cost(key, bytes)
        guard cost <= capacity / 3 else { return }
        let place = makeNode(key, bytes, cost)
        places[key] = place
        growSketch()
        guard cost <= windowMax else { return admitOrRelease(place) }
        pushFirst(place, .window)
        while lists[Segment.window.rawValue].byteCount > windowMax {
            let last = lists[Segment.window.rawValue].last
            unlink(last)
            admitOrRelease(last)
        }
    }

    /// A window that is full, an eighth of the shard, is to have counters for a full shard: with fewer,
    /// they would be halved before a block was asked for again, and it would never get in.
    private mutating func growSketch() {
        sketch.grow(entryCount: min(8 * places.count, sketchEntriesMax))
    }

    mutating func remove(_ key: CacheKey) {
        version += 1
        guard let place = places[key] else { return }
        drop(place)
    }

    /// Makes room where the capacity is less than before: the coldest leave.
    mutating func limit(to capacity: Int) {
        self.capacity = capacity
        while lists[Segment.window.rawValue].byteCount > windowMax {
            drop(lists[Segment.window.rawValue].last)
        }
        while mainByteCount > capacity - windowMax { drop(lastInMain) }
    }

    /// Takes what falls out of the window, or is too large for it, into the main part, or drops it.
    ///
    /// Nothing has to leave for a candidate that does not get in after all.
    private mutating func admitOrRelease(_ candidate: Int) {
        let frequency = sketch.estimate(nodes[candidate].key.hash)
        guard frequency > 1 else { return release(candidate) }
        var missing = mainByteCount + nodes[candidate].cost - (capacity - windowMax)
        var victims: [Int] = []
        var next = lastInMain
        while missing > 0 {
            guard next >= 0, sketch.estimate(nodes[next].key.hash) < frequency else {
                keepForNow(next)
                return release(candidate)
            }
            victims.append(next)
            missing -= nodes[next].cost
            next = beforeInMain(next)
        }
        for victim in victims { drop(victim) }
        pushFirst(candidate, .probation)
    }

    private var mainByteCount: Int {
        lists[Segment.probation.rawValue].byteCount + lists[Segment.protected.rawValue].byteCount
    }

    /// The one that would have to leave the main part first.
    private var lastInMain: Int {
        let probation = lists[Segment.probation.rawValue].last
        return probation >= 0 ? probation : lists[Segment.protected.rawValue].last
    }

    /// The one that would have to leave after another one.
    private func beforeInMain(_ place: Int) -> Int {
        let previous = nodes[place].previous
        guard previous < 0, nodes[place].segment == .probation else { return previous }
        return lists[Segment.protected.rawValue].last
    }

    private mutating func touch(_ place: Int) {
        let segment = nodes[place].segment
        if lists[segment.rawValue].first == place, segment != .probation { return }
        unlink(place)
        pushFirst(place, segment == .window ? .window : .protected)
        while lists[Segment.protected.rawValue].byteCount > protectedMax,
            lists[Segment.protected.rawValue].last != place
        {
            let demoted = lists[Segment.protected.rawValue].last
            unlink(demoted)
            pushFirst(demoted, .probation)
        }
    }

    /// What an entry takes: all of the memory behind its block, and its node and place in the table.
    private static func cost(_ key: CacheKey, _ bytes: Bytes) -> Int {
        bytes.heldByteCount + MemoryCost.region + MemoryCost.element(Node.self)
            + MemoryCost.entry(CacheKey.self, Int.self) + MemoryCost.digest(of: key.multihash)
    }

    /// A value of the log has a head before the block, which is not worth a copy of the block.
    private static let slackByteCount = 512

    private mutating func makeNode(_ key: CacheKey, _ bytes: Bytes, _ cost: Int) -> Int {
        let node = Node(
            key: key, bytes: bytes, cost: cost, segment: .window, previous: -1, next: -1)
        if let place = free.popLast() {
            nodes[place] = node
            return place
        }
        nodes.append(node)
        return nodes.count - 1
    }

    /// Lets the next candidate meet another block: one whose counters collide with those of hot keys
    /// seems hot itself, and would turn every candidate away for ever.
    private mutating func keepForNow(_ victim: Int) {
        guard victim >= 0, nodes[victim].segment == .probation else { return }
        unlink(victim)
        pushFirst(victim, .probation)
    }

    private mutating func drop(_ place: Int) {
        unlink(place)
        release(place)
    }

    private mutating func release(_ place: Int) {
        places[nodes[place].key] = nil
        nodes[place].bytes = .empty
        free.append(place)
    }

    private mutating func pushFirst(_ place: Int, _ segment: Segment) {
        let list = segment.rawValue
        nodes[place].segment = segment
        nodes[place].previous = -1
        nodes[place].next = lists[list].first
        if lists[list].first >= 0 { nodes[lists[list].first].previous = place }
        lists[list].first = place
        if lists[list].last < 0 { lists[list].last = place }
        lists[list].byteCount += nodes[place].cost
    }

    private mutating func unlink(_ place: Int) {
        let list = nodes[place].segment.rawValue
        let (previous, next) = (nodes[place].previous, nodes[place].next)
        if previous >= 0 { nodes[previous].next = next } else { lists[list].first = next }
        if next >= 0 { nodes[next].previous = previous } else { lists[list].last = previous }
        lists[list].byteCount -= nodes[place].cost
    }
}
