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

    /// The entries in an order, each key once.
    ///
    /// - Throws: `.form` for a key that is there twice.
    static func sorted(
        _ entries: [IPLDValue.Entry], by isBefore: (String, String) -> Bool
    ) throws(IPLDError) -> [IPLDValue.Entry] {
        let sorted = entries.sorted { isBefore($0.key, $1.key) }
        if let key = firstRepetition(inSorted: sorted) {
            throw IPLDError(.form, "repeat map key \"\(key)\"")
        }
        return sorted
    }

    /// A key that is there twice.
    static func firstRepetition(in entries: [IPLDValue.Entry]) -> String? {
        var isAscending = true
        for index in entries.indices.dropFirst() where isAscending {
            isAscending = bytewise(entries[index - 1].key, entries[index].key)
        }
        if isAscending { return nil }
        return firstRepetition(inSorted: entries.sorted { bytewise($0.key, $1.key) })
    }

    private static func firstRepetition(inSorted entries: [IPLDValue.Entry]) -> String? {
        for index in entries.indices.dropFirst()
        where isSame(entries[index - 1].key, entries[index].key) {
            return entries[index].key
        }
        return nil
    }
}
