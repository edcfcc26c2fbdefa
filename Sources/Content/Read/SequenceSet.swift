/// A set of sequence numbers of the log as bits, in pages that come with their first number: at most
/// one bit for each block that the store has ever had.
struct SequenceSet {
    private static let pageBitCount = 32_768
    private static let wordsPerPage = pageBitCount / 64

    private var pages: [[UInt64]] = []
    private var filledPageCount = 0

    /// Memory that the bits take.
    var byteCount: Int {
        pages.count * MemoryLayout<[UInt64]>.stride + filledPageCount * Self.pageBitCount / 8
    }

    /// Adds a number and says whether it was new.
    mutating func insert(_ number: UInt64) -> Bool {
        let page = Int(number / UInt64(Self.pageBitCount))
        let bit = Int(number % UInt64(Self.pageBitCount))
        while pages.count <= page { pages.append([]) }
        if pages[page].isEmpty {
            pages[page] = [UInt64](repeating: 0, count: Self.wordsPerPage)
            filledPageCount += 1
        }
        let mask = UInt64(1) << UInt64(bit % 64)
        guard pages[page][bit / 64] & mask == 0 else { return false }
        pages[page][bit / 64] |= mask
        return true
    }
}
