package import Buffers
package import Multiformats

/// Steps through one value until the path ends, a link is met, or a key is missing.
package enum IPLDPath {
    /// Where a walk inside one value ended.
    package enum Step: Sendable {
        /// A link, with how many segments were used to get there; 0 when the value itself is one.
        case link(CID, used: Int)
        /// The path ended at this value.
        case value(IPLDValue)
        /// Segment number `index` names nothing here.
        case missing(index: Int)
    }

    /// Walks map keys and decimal list indexes; a segment is compared by its bytes.
    ///
    /// - Parameters:
    ///   - segments: the path that is left.
    ///   - value: where it starts.
    /// - Returns: where it ended; a link as the last value is a link.
    package static func step(_ segments: some Collection<Bytes>, in value: IPLDValue) -> Step {
        var value = value
        var used = 0
        for segment in segments {
            if case .link = value { break }
            guard let next = child(of: value, named: segment) else { return .missing(index: used) }
            value = next
            used += 1
        }
        if case .link(let cid) = value { return .link(cid, used: used) }
        return .value(value)
    }

    /// The value below one segment; of a key that is there twice the first.
    private static func child(of value: IPLDValue, named segment: Bytes) -> IPLDValue? {
        guard let name = segment.utf8Text else { return nil }
        switch value {
        case .map: return value[name]
        case .list(let list):
            guard let index = index(name), list.indices.contains(index) else { return nil }
            return list[index]
        default: return nil
        }
    }

    /// A list index: decimal digits without a sign or leading zeros.
    private static func index(_ name: String) -> Int? {
        guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            name.utf8.count == 1 || name.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int(name)
    }
}
