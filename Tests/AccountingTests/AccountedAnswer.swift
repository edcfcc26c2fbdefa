import Buffers

/// An answer as far as two of them are compared: no byte of it is kept.
struct AccountedAnswer: Equatable {
    let status: Int
    private(set) var byteCount = 0
    private var checksum: UInt64 = 0

    init(status: Int) { self.status = status }

    /// - Returns: false at the end of the answer.
    @discardableResult
    mutating func add(_ piece: Bytes?) -> Bool {
        guard let piece else { return false }
        byteCount += piece.count
        // In whatever pieces it comes.
        for index in 0..<piece.count {
            checksum = (checksum ^ UInt64(piece[index])) &* 0x100_0000_01B3
        }
        return true
    }
}
