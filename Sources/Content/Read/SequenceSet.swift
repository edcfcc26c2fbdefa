/// A set of sequence numbers of the log as bits, in pages that come with their first numbers: at most
/// one bit for each block that the store has ever had. A page that has few numbers is a list of them.
struct SequenceSet {
    private static let pageBitCount = 32_768

    /// Numbers of a page that are listed before it gets its bits.
    private static let listedCountMax = 64

    /// By number divided by the bits of a page. No list with a place for each page: the first high
    /// number would make all of it at once, more than a walk has room for in one step.
    private var pages: [UInt64: [UInt64]] = [:]
    private var lists: [UInt64: [UInt16]] = [:]

    /// Memory that the set takes. A page also pays for the growth of the dictionary, which comes
    /// later and for many pages at once.
    private(set) var byteCount = Limits.hashedEntryBytes

    /// Adds a number and says whether it was new.
    mutating func insert(_ number: UInt64) -> Bool {
        let (page, bit) = number.quotientAndRemainder(dividingBy: UInt64(Self.pageBitCount))
        if let index = pages.index(forKey: page) {
            return Self.set(bit, in: &pages.values[index])
        }
        return enter(UInt16(bit), inListOf: page)
    }

    private mutating func enter(_ bit: UInt16, inListOf page: UInt64) -> Bool {
        guard let list = lists[page] else {
            lists[page] = [bit]
            byteCount += Limits.hashedEntryBytes + Self.listByteCount
            return true
        }
        guard !list.contains(bit) else { return false }
        if list.count < Self.listedCountMax {
            lists[page]?.append(bit)
        } else {
            var bits = [UInt64](repeating: 0, count: Self.pageBitCount / 64)
            for listed in list + [bit] { _ = Self.set(UInt64(listed), in: &bits) }
            pages[page] = bits
            lists[page] = nil
            byteCount += Limits.hashedEntryBytes + Self.pageBitCount / 8 - Self.listByteCount
        }
        return true
    }

    private static let listByteCount = listedCountMax * MemoryLayout<UInt16>.stride

    private static func set(_ bit: UInt64, in bits: inout [UInt64]) -> Bool {
        let mask = UInt64(1) << (bit % 64)
        defer { bits[Int(bit / 64)] |= mask }
        return bits[Int(bit / 64)] & mask == 0
    }
}
