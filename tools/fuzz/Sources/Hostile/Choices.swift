package import Buffers

/// Decisions that follow from bytes: the same bytes always decide the same, so whatever is built from
/// them is repeated by keeping them.
///
/// Where the bytes end, every further decision is for the first choice. The first choice is therefore
/// the plain one, and short inputs mean simple things.
package struct Choices: Sendable {
    private let bytes: Bytes
    private var offset = 0

    /// Decides by these bytes.
    package init(_ bytes: Bytes) { self.bytes = bytes }

    /// Whether nothing is left to decide by.
    package var isAtEnd: Bool { offset >= bytes.count }

    /// The next byte, or 0.
    package mutating func byte() -> UInt8 {
        guard offset < bytes.count else { return 0 }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// The next eight bytes as a number.
    package mutating func word() -> UInt64 {
        (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) }
    }

    /// A number below a bound of at least 1 and at most 65,536.
    package mutating func below(_ bound: Int) -> Int {
        let number = bound > 256 ? Int(byte()) << 8 | Int(byte()) : Int(byte())
        return number % bound
    }

    /// True about once in so many times, and never where the bytes have ended.
    package mutating func oneIn(_ count: Int) -> Bool { below(count) == count - 1 }

    /// One of several, at least one and at most 65,536.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Some of the bytes themselves.
    package mutating func bytes(upTo countMax: Int) -> [UInt8] {
        let count = min(below(countMax + 1), bytes.count - offset)
        defer { offset += count }
        return bytes[offset..<offset + count].array
    }
}
