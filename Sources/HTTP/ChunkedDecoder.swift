package import Buffers

/// Takes the chunks of a request body apart, and refuses what another program might read otherwise.
///
/// Every line ends in CRLF, a size is digits and nothing else, and extensions and trailers are checked
/// and dropped. A lone LF, a blank behind a size or a folded trailer would let two programs find
/// different ends of the body, and one client smuggle a request into the connection of another.
///
/// - Spec: RFC 9112, 7.1.
package struct ChunkedDecoder: Sendable {
    /// What the next byte is. Each state names its exits.
    private enum State {
        /// Of the size: digits, then `extensions` or `sizeEnd`.
        case size
        /// Behind a semicolon, up to the CR: `sizeEnd`.
        case extensions
        /// The LF of a size line: `payload`, or `trailerStart` behind the last chunk.
        case sizeEnd
        /// Of the chunk: `payloadReturn` when nothing of it is left.
        case payload
        /// The CR behind a chunk: `payloadEnd`.
        case payloadReturn
        /// The LF behind a chunk: `size`.
        case payloadEnd
        /// The first of a line: `trailerName`, or `lastEnd` at the empty line.
        case trailerStart
        /// Of a trailer's name, up to the colon: `trailerValue`.
        case trailerName
        /// Of a trailer's value, up to the CR: `trailerEnd`.
        case trailerValue
        /// The LF of a trailer: `trailerStart`.
        case trailerEnd
        /// The LF of the empty line: `done`.
        case lastEnd
        /// Belongs to the next request.
        case done
    }

    private var state = State.size
    private var digitCount = 0
    private var extensionByteCount = 0
    private var trailerByteCount = 0
    /// Of the size while it is read, then what is left of the chunk.
    private var left: UInt64 = 0

    /// Starts in front of the first size.
    package init() {}

    /// Whether the body has ended.
    package var isComplete: Bool { state == .done }

    /// Takes the next bytes of the connection.
    ///
    /// - Parameters:
    ///   - input: in order; borders may fall anywhere.
    ///   - output: gets the payload.
    /// - Returns: how many bytes belong to the body; fewer than were given only at its end.
    /// - Throws: `.badChunk`, `.tooLarge`; the connection must not be used any more then.
    package mutating func decode(
        _ input: Span<UInt8>, into output: inout ByteWriter
    ) throws(HTTPError) -> Int {
        var offset = 0
        while offset < input.count, state != .done {
            if state == .payload {
                let count = Int(min(left, UInt64(input.count - offset)))
                output.append(input.extracting(offset..<(offset + count)))
                offset += count
                left -= UInt64(count)
                if left == 0 { state = .payloadReturn }
            } else {
                try take(input[offset])
                offset += 1
            }
        }
        return offset
    }

    private mutating func take(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .size: try takeSize(byte)
        case .extensions: try takeExtension(byte)
        case .sizeEnd:
            try expect(byte, .lineFeed)
            state = left == 0 ? .trailerStart : .payload
        case .payloadReturn:
            try expect(byte, .carriageReturn)
            state = .payloadEnd
        case .payloadEnd:
            try expect(byte, .lineFeed)
            state = .size
        case .trailerStart, .trailerName, .trailerValue, .trailerEnd: try takeTrailer(byte)
        case .lastEnd:
            try expect(byte, .lineFeed)
            state = .done
        case .payload, .done: preconditionFailure("no byte of the framing")
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPError) {
        if let digit = ASCII.hexValue(byte) {
            digitCount += 1
            guard digitCount <= Limits.chunkSizeDigitCountMax else {
                throw HTTPError(.tooLarge, "the size of a chunk has too many digits")
            }
            left = left << 4 | UInt64(digit)
            return
        }
        guard digitCount > 0 else {
            throw HTTPError(.badChunk, "a chunk begins without its size")
        }
        digitCount = 0
        switch byte {
        case UInt8(ascii: ";"):
            extensionByteCount = 0
            state = .extensions
        case .carriageReturn: state = .sizeEnd
        default:
            throw HTTPError(.badChunk, "the size of a chunk ends in neither CRLF nor a semicolon")
        }
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPError) {
        if byte == .carriageReturn {
            state = .sizeEnd
            return
        }
        try checkText(byte)
        extensionByteCount += 1
        guard extensionByteCount <= Limits.chunkExtensionByteCountMax else {
            throw HTTPError(.tooLarge, "the extension of a chunk is too long")
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPError) {
        trailerByteCount += 1
        guard trailerByteCount <= Limits.trailerByteCountMax else {
            throw HTTPError(.tooLarge, "the trailers of the request are too large")
        }
        switch (state, byte) {
        case (.trailerStart, .carriageReturn): state = .lastEnd
        case (.trailerEnd, _):
            try expect(byte, .lineFeed)
            state = .trailerStart
        case (.trailerValue, .carriageReturn): state = .trailerEnd
        case (.trailerValue, _): try checkText(byte)
        case (.trailerName, UInt8(ascii: ":")): state = .trailerValue
        default:
            guard ASCII.isTokenByte(byte) else {
                throw HTTPError(
                    .badChunk,
                    "a trailer is folded, or its name holds a character that is not allowed")
            }
            state = .trailerName
        }
    }

    private func checkText(_ byte: UInt8) throws(HTTPError) {
        guard !ASCII.isControl(byte) || byte == UInt8(ascii: "\t") else {
            throw HTTPError(
                .badChunk, "a line between chunks holds a control character or a lone LF")
        }
    }

    private func expect(_ byte: UInt8, _ wanted: UInt8) throws(HTTPError) {
        guard byte == wanted else {
            throw HTTPError(.badChunk, "a chunk, its size or a trailer does not end in CRLF")
        }
    }
}

extension UInt8 {
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let lineFeed = UInt8(ascii: "\n")
}
