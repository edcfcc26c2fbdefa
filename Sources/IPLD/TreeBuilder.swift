import Buffers

/// Makes a tree of values from a walk, without recursion.
struct TreeBuilder {
    /// A list or map that is open.
    private struct Frame {
        let isMap: Bool
        var list: [IPLDValue] = []
        var entries: [IPLDValue.Entry] = []
        /// The key whose value comes next.
        var key = ""
    }

    private var frames: [Frame] = []
    private var root = IPLDValue.null

    /// Makes the tree.
    ///
    /// - Parameter walk: at its start.
    /// - Throws: what the walk throws.
    mutating func build(_ walk: IPLDWalk) throws(IPLDError) -> IPLDValue {
        var walk = walk
        while let event = try walk.next() { take(event) }
        return root
    }

    private mutating func take(_ event: IPLDEvent) {
        switch event {
        case .null: append(.null)
        case .bool(let isTrue): append(.bool(isTrue))
        case .integer(let number): append(.integer(number))
        case .float(let number): append(.float(number))
        case .text(let text): append(.string(text.string))
        case .bytes(let bytes): append(.bytes(bytes))
        case .link(let cid): append(.link(cid))
        case .list(let count):
            var frame = Frame(isMap: false)
            frame.list.reserveCapacity(count ?? 0)
            frames.append(frame)
        case .map(let count):
            var frame = Frame(isMap: true)
            frame.entries.reserveCapacity(count ?? 0)
            frames.append(frame)
        case .key(let key): frames[frames.count - 1].key = key.string
        case .end:
            guard let frame = frames.popLast() else { return }
            append(frame.isMap ? .map(frame.entries) : .list(frame.list))
        }
    }

    private mutating func append(_ value: IPLDValue) {
        let top = frames.count - 1
        guard top >= 0 else {
            root = value
            return
        }
        if frames[top].isMap {
            frames[top].entries.append(IPLDValue.Entry(key: frames[top].key, value: value))
        } else {
            frames[top].list.append(value)
        }
    }
}
