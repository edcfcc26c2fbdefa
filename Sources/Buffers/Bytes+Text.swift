/// Bytes as text for people. What is not UTF-8 is replaced by U+FFFD, once for each longest beginning of
/// a character, as everywhere else (Unicode 16, 3.9: substitution of maximal subparts).
extension Bytes {
    /// The bytes as text for people; what is not UTF-8 is replaced by U+FFFD. Not to be compared,
    /// cut, used as a key or turned back into a name.
    ///
    /// - Complexity: makes a text up to three times as long: a name may have the length of a block. In
    ///   messages a part of it is enough, and in answers it need not be made (`withUTF8Runs`).
    package var displayText: String { utf8Text ?? repairedText }

    /// The beginning and the end as text for people, and no more is made of the rest.
    ///
    /// - Parameter byteCountMax: of the text; at least 16.
    package func displayText(upTo byteCountMax: Int) -> String {
        guard count > 2 * byteCountMax else {
            return displayText.shortened(toByteCount: byteCountMax)
        }
        let ends = prefix(byteCountMax).displayText + dropFirst(count - byteCountMax).displayText
        return ends.shortened(toByteCount: byteCountMax)
    }

    /// Lends the bytes as UTF-8, run by run. The spans must not outlive the calls.
    package func withUTF8Runs(_ body: (Span<UInt8>) -> Void) {
        withByteSpan { span in
            var (start, index) = (0, 0)
            while index < span.count {
                let (byteCount, isWhole) = Self.character(span, at: index)
                if !isWhole {
                    if index > start { body(span.extracting(start..<index)) }
                    body("\u{fffd}".utf8Span.span)
                    start = index + byteCount
                }
                index += byteCount
            }
            if start < span.count { body(span.extracting(start..<span.count)) }
        }
    }

    private var repairedText: String {
        var byteCount = 0
        withUTF8Runs { byteCount += $0.count }
        return unsafe String(unsafeUninitializedCapacity: byteCount) { buffer in
            var end = 0
            withUTF8Runs { run in
                for index in 0..<run.count { unsafe buffer[end + index] = run[index] }
                end += run.count
            }
            return end
        }
    }

    /// The character that begins at a place.
    ///
    /// - Returns: its bytes; of one that is not whole, those that could have begun it (table 3-7).
    private static func character(
        _ span: Span<UInt8>, at index: Int
    ) -> (byteCount: Int, isWhole: Bool) {
        let (byteCount, second): (Int, ClosedRange<UInt8>)
        switch span[index] {
        case 0x00...0x7f: return (1, true)
        case 0xc2...0xdf: (byteCount, second) = (2, 0x80...0xbf)
        case 0xe0: (byteCount, second) = (3, 0xa0...0xbf)
        case 0xed: (byteCount, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (byteCount, second) = (3, 0x80...0xbf)
        case 0xf0: (byteCount, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (byteCount, second) = (4, 0x80...0xbf)
        case 0xf4: (byteCount, second) = (4, 0x80...0x8f)
        default: return (1, false)
        }
        for offset in 1..<byteCount {
            let next = index + offset < span.count ? span[index + offset] : 0
            let range = offset == 1 ? second : 0x80...0xbf
            guard range.contains(next) else { return (offset, false) }
        }
        return (byteCount, true)
    }
}
