/// A set of sequence numbers of the log as bits, in pages that come with their first number: at most
/// one bit for each block that the store has ever had.
struct SequenceSet {
    private static let pageBitCount = 32_768

    /// By number divided by the bits of a page. No list with a place for each page: the first high
    /// number would make all of it at once, more than a walk has room for in one step.
    private var pages: [UInt64: [UInt64]] = [:]

    /// Memory that the bits take. A page also pays for the growth of the dictionary, which comes
    /// later and for many pages at once.
    var byteCount: Int { pages.count * (Self.pageBitCount / 8 + Limits.hashedEntryBytes) }

    /// Adds a number and says whether it was new.
    mutating func insert(_ number: UInt64) -> Bool {
        let (page, bit) = number.quotientAndRemainder(dividingBy: UInt64(Self.pageBitCount))
        let mask = UInt64(1) << (bit % 64)
        return Self.set(mask, in: &pages[page, default: Self.emptyPage][Int(bit / 64)])
    }

    private static let emptyPage = [UInt64](repeating: 0, count: pageBitCount / 64)

    private static func set(_ mask: UInt64, in word: inout UInt64) -> Bool {
        defer { word |= mask }
        return word & mask == 0
    }
}
