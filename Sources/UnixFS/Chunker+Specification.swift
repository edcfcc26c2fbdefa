extension Chunker {
    /// Which chunker, with which parameters; all of them are within their limits.
    package enum Specification: Hashable, Sendable {
        /// Chunks of one length, 1 to 2,096,896 bytes.
        case fixed(Int)
        /// Cuts where a Rabin fingerprint says so.
        case rabin(minimum: Int, average: Int, maximum: Int)
        /// Cuts where a cyclic polynomial says so; has no parameters.
        case buzhash

        /// Reads the value of `--chunker`.
        ///
        /// - Throws: `.invalidOption` with Kubo's text.
        package init(parsing text: String) throws(UnixFSError) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            switch parts.first {
            case _ where text.isEmpty || text == "default": self = .fixed(262_144)
            case "size" where parts.count > 1: self = try Self.fixed(parts)
            case "buzhash" where parts.count == 1: self = .buzhash
            case let name? where name.hasPrefix("rabin"): self = try Self.rabin(parts)
            default: throw .option("unrecognized chunker option: \(text)")
            }
        }

        /// The value of `--chunker` that gives this chunker.
        package var text: String {
            switch self {
            case .fixed(let byteCount): "size-\(byteCount)"
            case .rabin(let minimum, let average, let maximum):
                "rabin-\(minimum)-\(average)-\(maximum)"
            case .buzhash: "buzhash"
            }
        }

        /// The least that a chunk has, but for the last one.
        var byteCountMin: Int {
            switch self {
            case .fixed(let byteCount): byteCount
            case .rabin(let minimum, _, _): max(1, minimum)
            case .buzhash: BuzhashScanner.minimum
            }
        }

        private static func fixed(_ parts: [Substring]) throws(UnixFSError) -> Self {
            guard parts.count == 2, let byteCount = Int(parts[1]) else {
                throw .option("incorrect chunker string format (expected size-{size})")
            }
            guard byteCount > 0 else { throw .option("chunker size must be greater than 0") }
            guard byteCount <= Limits.chunkByteCountMax else { throw .chunkTooLong }
            return .fixed(byteCount)
        }

        private static func rabin(_ parts: [Substring]) throws(UnixFSError) -> Self {
            switch parts.count {
            case 1: return .rabin(minimum: 87_381, average: 262_144, maximum: 393_216)
            case 2:
                let average = try number(parts[1])
                guard average <= Limits.chunkByteCountMax,
                    average + average / 2 <= Limits.chunkByteCountMax
                else { throw .chunkTooLong }
                // Kubo's arithmetic wraps below 48 and never cuts.
                guard average / 3 >= RabinScanner.windowByteCount else { throw .rabinMinimum }
                return .rabin(
                    minimum: average / 3, average: average, maximum: average + average / 2)
            case 4: return try rabin(minimum: parts[1], average: parts[2], maximum: parts[3])
            default:
                throw .option(
                    "incorrect format (expected 'rabin' 'rabin-[avg]' or 'rabin-[min]-[avg]-[max]'"
                )
            }
        }

        private static func rabin(
            minimum: Substring, average: Substring, maximum: Substring
        ) throws(UnixFSError) -> Self {
            let low = try number(minimum, label: "min", labelError: "first label must be min")
            guard low >= RabinScanner.windowByteCount else { throw .rabinMinimum }
            let mean = try number(average, label: "avg", labelError: "second label must be avg")
            let high = try number(maximum, label: "max", labelError: "final label must be max")
            guard low < mean else {
                throw .option("incorrect format: rabin-min must be smaller than rabin-avg")
            }
            guard mean < high else {
                throw .option("incorrect format: rabin-avg must be smaller than rabin-max")
            }
            guard high <= Limits.chunkByteCountMax else { throw .chunkTooLong }
            return .rabin(minimum: low, average: mean, maximum: high)
        }

        /// A number, with or without its label: `16` or `min:16`.
        private static func number(
            _ text: Substring, label: String, labelError: String
        ) throws(UnixFSError) -> Int {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count > 1, let first = parts.first, first != label {
                throw .option(labelError)
            }
            return try number(parts.last ?? "")
        }

        private static func number(_ text: Substring) throws(UnixFSError) -> Int {
            guard let value = Int(text) else {
                throw .option("strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            return value
        }
    }
}

extension UnixFSError {
    /// An option that cannot be, in Kubo's words.
    static func option(_ message: String) -> UnixFSError { UnixFSError(.invalidOption, message) }

    fileprivate static var chunkTooLong: UnixFSError {
        option(
            "chunker parameters may not exceed the maximum chunk size of \(Limits.chunkByteCountMax)"
        )
    }

    fileprivate static var rabinMinimum: UnixFSError {
        option("rabin min must be greater than 16")
    }
}
