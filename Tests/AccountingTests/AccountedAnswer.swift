import Buffers

/// An answer as far as two of them are compared: no byte of it is kept.
struct AccountedAnswer: Equatable {
    let status: Int
    private(set) var byteCount = 0
    private var checksum: UInt64 = 0

    init(status: Int) { self.status = status }

    mutating func add(_ piece: Bytes) {
        byteCount += piece.count
        // In whatever pieces it comes.
        for index in 0..<piece.count {
            checksum = (checksum ^ UInt64(piece[index])) &* 0x100_0000_01B3
        }
    }
}
