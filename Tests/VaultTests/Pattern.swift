import Buffers

/// The input of BLAKE3's published vectors, used for the other functions too.
enum Pattern {
    static func bytes(_ count: Int) -> Bytes {
        Bytes((0..<count).map { UInt8($0 % 251) })
    }
}
