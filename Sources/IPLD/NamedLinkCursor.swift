package import Buffers
package import Multiformats

/// The links of one block in stored order with their names, one after the other. Keeps the block, and
/// for each list or map around the place where it stands a number: names are read again from the block.
package struct NamedLinkCursor: BlockLinkCursor {
    /// Where a cursor stands; of a node a number, of the others some numbers for each list and map
    /// around.
    package struct Place: Sendable {
        fileprivate var position = 0
        fileprivate var lastPosition: Int?
        fileprivate var frames: [IPLDWalk.Frame] = []
        fileprivate var steps: [Step] = []
    }

    private enum Source: Sendable {
        case node(DagPBLinkCursor)
        case value(IPLDWalk)
        case none
    }

    /// How the path goes on from a list or map that is open.
    fileprivate enum Step: Sendable {
        /// How many values of a list have begun.
        case list(count: Int)
        /// Where the last key of a map stands.
        case map(key: Int)
    }

    private let block: Block
    private var source: Source
    /// Where in a node the last link stands.
    private var lastPosition: Int?
    private var steps: [Step] = []

    /// Checks a whole block and starts in front of its first link.
    ///
    /// - Throws: as `LinkCursor`.
    package init(_ block: Block) throws(IPLDError) {
        try LinkCursor.check(block)
        self.init(block, resumingAt: Place())
    }

    /// Starts at a place where another cursor over the same block stood; nothing is checked.
    ///
    /// - Parameters:
    ///   - block: was checked before.
    ///   - place: `place` of the other cursor, from before its first link or after any.
    package init(_ block: Block, resumingAt place: Place) {
        self.block = block
        (steps, lastPosition) = (place.steps, place.lastPosition)
        switch block.cid.codec {
        case .dagPB:
            source = .node(DagPBLinkCursor(block.bytes, resumingAt: place.position))
        case .dagCBOR, .dagJSON:
            let walk = IPLDWalk(
                block.bytes, as: block.cid.codec, resumingAt: place.position, in: place.frames)
            source = walk.map { .value($0) } ?? .none
        default: source = .none
        }
    }

    /// Where the search for the next link begins.
    package var place: Place {
        switch source {
        case .none: Place(position: block.bytes.count)
        case .node(let links): Place(position: links.position, lastPosition: lastPosition)
        case .value(let walk):
            Place(position: walk.position, frames: walk.frames, steps: steps)
        }
    }

    /// Bytes of memory that a place takes outside of the value itself.
    package static func byteCount(outside place: Place) -> Int {
        guard !place.steps.isEmpty else { return 0 }
        let perLevel = MemoryLayout<IPLDWalk.Frame>.stride + MemoryLayout<Step>.stride
        return Limits.arraysOfPlaceBytes + place.steps.count * perLevel
    }

    /// The name of the link that was given last: of dag-pb the bytes of the link's name, empty where
    /// it has none; of the others the path inside the block, segments joined by slashes.
    ///
    /// - Complexity: the path is put together; it can be as long as the block.
    package var name: Bytes {
        if case .node(let links) = source {
            var last = lastPosition.map(links.moved(to:))
            return last?.next()?.nameBytes ?? .empty
        }
        var path = ByteWriter()
        for (index, step) in steps.enumerated() {
            // A key can be empty, at the beginning too.
            if index > 0 { path.append(utf8: "/") }
            switch step {
            case .list(let count): path.append(utf8: "\(count - 1)")
            case .map(let key):
                path.append(IPLDWalk.key(at: key, in: block.bytes, as: block.cid.codec))
            }
        }
        return path.finish()
    }

    /// The next link; nil at the end.
    package mutating func next() -> CID? {
        switch source {
        case .none: return nil
        case .node(var links):
            lastPosition = links.position
            let link = links.next()
            source = .node(links)
            return link?.cid
        case .value(var walk):
            source = .none
            while let event = try? walk.next() {
                guard let cid = take(event, at: walk.eventStart) else { continue }
                source = .value(walk)
                return cid
            }
            return nil
        }
    }

    /// Moves on by one event; the path then leads to what the event is.
    private mutating func take(_ event: IPLDEvent, at start: Int) -> CID? {
        switch event {
        case .key: steps[steps.count - 1] = .map(key: start)
        case .end: steps.removeLast()
        case .list:
            countValue()
            steps.append(.list(count: 0))
        case .map:
            countValue()
            steps.append(.map(key: start))
        case .link(let cid):
            countValue()
            return cid
        default: countValue()
        }
        return nil
    }

    /// In a list the number is the segment; in a map the key was there before.
    private mutating func countValue() {
        guard case .list(let count) = steps.last else { return }
        steps[steps.count - 1] = .list(count: count + 1)
    }
}
