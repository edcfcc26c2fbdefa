import Buffers

/// The orders of map keys, by the bytes of their UTF-8.
///
/// Swift's own comparison holds different normalisations of a text to be equal; blocks do not.
enum KeyOrder {
    /// By length, then by bytes: dag-cbor, the order of RFC 7049.
    static func lengthFirst(_ left: String, _ right: String) -> Bool {
        let (leftCount, rightCount) = (left.utf8.count, right.utf8.count)
        return leftCount != rightCount ? leftCount < rightCount : bytewise(left, right)
    }

    /// By length, then by bytes: dag-cbor, the order of RFC 7049.
    static func lengthFirst(_ left: Bytes, _ right: Bytes) -> Bool {
        guard left.count == right.count else { return left.count < right.count }
        for index in 0..<left.count where left[index] != right[index] {
            return left[index] < right[index]
        }
        return false
    }

    /// By bytes: dag-json.
    static func bytewise(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8Span.span, right.utf8Span.span)
        let count = min(left.count, right.count)
        for index in 0..<count where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }

    /// Whether two keys have the same bytes.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    /// Where the entries stand in an order, each key once: numbers of four bytes, since a copy of the
    /// entries would take as much as all of them. Nil where they stand in it already.
    ///
    /// - Throws: `.form` for a key that is there twice.
    static func places(
        of entries: [IPLDValue.Entry], by isBefore: (String, String) -> Bool
    ) throws(IPLDError) -> [UInt32]? {
        guard let places = sortedPlaces(of: entries, by: isBefore) else { return nil }
        if let key = firstRepetition(in: entries, at: places) {
            throw IPLDError(.form, "repeat map key \"\(key)\"")
        }
        return places
    }

    /// A key that is there twice.
    static func firstRepetition(in entries: [IPLDValue.Entry]) -> String? {
        sortedPlaces(of: entries, by: bytewise).flatMap { firstRepetition(in: entries, at: $0) }
    }

    private static func sortedPlaces(
        of entries: [IPLDValue.Entry], by isBefore: (String, String) -> Bool
    ) -> [UInt32]? {
        let isAscending = entries.indices.dropFirst().allSatisfy {
            isBefore(entries[$0 - 1].key, entries[$0].key)
        }
        if isAscending { return nil }
        // No tree has room for more.
        var places = Array(0..<UInt32(clamping: entries.count))
        places.sort { isBefore(entries[Int($0)].key, entries[Int($1)].key) }
        return places
    }

    private static func firstRepetition(
        in entries: [IPLDValue.Entry], at places: [UInt32]
    ) -> String? {
        for index in places.indices.dropFirst() {
            let (last, next) = (entries[Int(places[index - 1])], entries[Int(places[index])])
            if isSame(last.key, next.key) { return next.key }
        }
        return nil
    }
}
