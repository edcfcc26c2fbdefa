package import Buffers

/// Takes a `multipart/form-data` body apart while it arrives.
///
/// Fed with the pieces of the body in order; borders between pieces may fall anywhere. Payload comes
/// out as slices of what was fed, without a copy.
///
/// - Spec: RFC 2046, 5.1.1; RFC 7578.
package struct MultipartParser: Sendable {
    /// What was found next.
    package enum Event: Sendable {
        /// A part begins.
        case part(MultipartPart)
        /// A piece of the payload of the current part; never empty.
        case payload(Bytes)
        /// The current part has ended.
        case endOfPart
    }

    private enum State {
        /// Before the first boundary: what stands there is dropped.
        case preamble
        /// Behind a boundary, in front of its line end or of the two dashes of the last one.
        case boundary(Before)
        /// From the line end of a boundary to the empty line.
        case head
        /// At that line's end, which belongs to the next boundary where the part has no bytes.
        case emptyLine
        case payload
        /// Behind the last boundary, on its line.
        case lastLine
        /// Behind that line: what follows is dropped.
        case epilogue
    }

    /// What a boundary ends.
    private enum Before {
        case preamble, head, payload
        /// The preamble, but the boundary stands behind an LF alone.
        case loosePreamble
    }

    /// CRLF, two dashes, boundary.
    private let delimiter: Bytes
    private var state = State.preamble
    private var input: Bytes
    private var offset = 0

    private static let lineEnd = Bytes(utf8: "\r\n")
    private static let dashes = Bytes(utf8: "--")
    private static let headEnd = Bytes(utf8: "\r\n\r\n")

    /// Starts with a known boundary.
    ///
    /// - Parameter boundary: 1 to 70 characters.
    /// - Throws: `.badMultipart` for an empty or over-long one.
    package init(boundary: String) throws(HTTPError) {
        guard (1...Limits.boundaryByteCountMax).contains(boundary.utf8.count) else {
            throw HTTPError(.badMultipart, "a multipart boundary has 1 to 70 characters")
        }
        delimiter = Bytes(utf8: "\r\n--\(boundary)")
        // The first boundary needs no line end in front of it; this one stands in for it.
        input = Self.lineEnd
    }

    /// Whether the last boundary has been seen.
    package var isAtEnd: Bool {
        switch state {
        case .lastLine, .epilogue: true
        case .preamble, .boundary, .head, .emptyLine, .payload: false
        }
    }

    /// Adds the next piece of the body. Then `next` is asked until it gives nil.
    package mutating func feed(_ piece: Bytes) {
        if case .epilogue = state { return }
        guard !piece.isEmpty else { return }
        if offset == input.count {
            input = piece
        } else {
            // Rare and short: a piece that ends inside a head, or in what may be a boundary.
            var joined = ByteWriter(capacity: input.count - offset + piece.count)
            joined.append(input.dropFirst(offset))
            joined.append(piece)
            input = joined.finish()
        }
        offset = 0
    }

    /// The next event, or nil when more bytes are needed or the body has ended.
    ///
    /// - Throws: `.badMultipart`, `.tooLarge`.
    package mutating func next() throws(HTTPError) -> Event? {
        if let event = try nextEvent() { return event }
        // An upload may stand still here, and what is left of the piece is short.
        (input, offset) = (input.dropFirst(offset).detached(), 0)
        return nil
    }

    private mutating func nextEvent() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard let before = skipPreamble() else { return nil }
                state = .boundary(before)
            case .boundary(let before):
                guard let end = try readBoundary() else { return nil }
                if let event = try pass(end, behind: before) { return event }
            case .head:
                guard let part = try readHead() else { return nil }
                state = .emptyLine
                return .part(part)
            case .emptyLine:
                guard readEmptyLine() else { return nil }
            case .payload:
                let start = offset
                let isFound = skipPayload()
                if isFound { state = .boundary(.payload) }
                let end = isFound ? offset - delimiter.count : offset
                if end > start { return .payload(input[start..<end]) }
                if !isFound { return nil }
            case .lastLine:
                guard try readLastLine() else { return nil }
                state = .epilogue
            case .epilogue:
                (input, offset) = (.empty, 0)
                return nil
            }
        }
    }

    /// Checks that the body came to its end.
    ///
    /// - Throws: `.unexpectedEnd` when the last boundary is missing, `.badMultipart` when its line ends in
    ///   half a line end.
    package func finish() throws(HTTPError) {
        guard isAtEnd else {
            throw HTTPError(.unexpectedEnd, "the multipart body ends without its last boundary")
        }
        guard offset == input.count else { throw Self.textBehindLast }
    }

    /// Moves behind the first boundary, whether it stands behind a whole line end or half of one.
    ///
    /// - Returns: nil when more bytes are needed.
    private mutating func skipPreamble() -> Before? {
        let looseDelimiter = delimiter.dropFirst(1)
        guard let index = input.firstIndex(of: looseDelimiter, from: offset) else {
            offset = max(offset, input.count - delimiter.count)
            return nil
        }
        let isWhole = index > offset && input[index - 1] == Self.lineEnd[0]
        offset = index + looseDelimiter.count
        return isWhole ? .preamble : .loosePreamble
    }

    /// Moves behind the next delimiter, or to where one may begin at the end of the input.
    private mutating func skipPayload() -> Bool {
        if let index = input.firstIndex(of: delimiter, from: offset) {
            offset = index + delimiter.count
            return true
        }
        offset = input.count - countOfPossibleDelimiter()
        return false
    }

    /// How many bytes at the end of the input may be the beginning of a delimiter.
    private func countOfPossibleDelimiter() -> Int {
        let longest = min(delimiter.count - 1, input.count - offset)
        guard longest > 0 else { return 0 }
        for count in stride(from: longest, through: 1, by: -1)
        where input[input.count - count] == UInt8(ascii: "\r")
            && input.dropFirst(input.count - count) == delimiter.prefix(count)
        {
            return count
        }
        return 0
    }

    private enum BoundaryEnd {
        /// A part follows.
        case line
        /// A part follows, for those who take an LF alone for a line end.
        case looseLine
        /// The body ends.
        case last
        /// A longer text that only begins like the boundary.
        case longer
    }

    /// Goes on behind a delimiter.
    ///
    /// - Returns: what it ended, or the payload that it is.
    /// - Throws: `.badMultipart` where others would see the first part, which would be dropped here.
    private mutating func pass(
        _ end: BoundaryEnd, behind before: Before
    ) throws(HTTPError) -> Event? {
        let isFirst = before == .preamble || before == .loosePreamble
        if isFirst, end == .looseLine || before == .loosePreamble && end != .longer {
            throw Self.looseFirstBoundary
        }
        switch end {
        case .line: state = .head
        case .last: state = .lastLine
        case .longer, .looseLine: state = isFirst ? .preamble : .payload
        }
        guard !isFirst else { return nil }
        guard end == .longer || end == .looseLine else { return .endOfPart }
        // The line end of a head's empty line is no payload.
        return .payload(before == .head ? delimiter.dropFirst(Self.lineEnd.count) : delimiter)
    }

    /// Passes the end of the empty line behind a head, alone or as that of a delimiter.
    ///
    /// - Returns: false when more bytes are needed.
    private mutating func readEmptyLine() -> Bool {
        let next = input[offset..<min(offset + delimiter.count, input.count)]
        guard delimiter.prefix(next.count) == next else {
            offset += Self.lineEnd.count
            state = .payload
            return true
        }
        guard next.count == delimiter.count else { return false }
        offset += delimiter.count
        state = .boundary(.head)
        return true
    }

    /// Passes the line of the last boundary.
    ///
    /// - Returns: false when there may be more of it.
    /// - Throws: `.badMultipart` for anything but blanks: that would be a part that is lost.
    private mutating func readLastLine() throws(HTTPError) -> Bool {
        while offset < input.count, ASCII.isBlank(input[offset]) { offset += 1 }
        let next = input[offset..<min(offset + Self.lineEnd.count, input.count)]
        guard Self.lineEnd.prefix(next.count) == next else { throw Self.textBehindLast }
        guard next.count == Self.lineEnd.count else { return false }
        return true
    }

    /// Decides what stands behind a delimiter; nil when more bytes are needed.
    private mutating func readBoundary() throws(HTTPError) -> BoundaryEnd? {
        var index = offset
        while index < input.count, ASCII.isBlank(input[index]) { index += 1 }
        guard index + 2 <= input.count else {
            // Blanks without end would be kept for ever.
            guard index - offset <= Limits.partHeadByteCountMax else {
                throw MultipartPart.tooLarge
            }
            return nil
        }
        if input[index] == Self.lineEnd[1] { return .looseLine }
        let mark = input[index..<index + 2]
        if mark == Self.lineEnd {
            offset = index
            return .line
        }
        if index == offset, mark == Self.dashes {
            offset += Self.dashes.count
            return .last
        }
        return .longer
    }

    /// Reads the fields from the line end of the boundary to the empty line; nil when more bytes
    /// are needed.
    private mutating func readHead() throws(HTTPError) -> MultipartPart? {
        guard let end = input.firstIndex(of: Self.headEnd, from: offset) else {
            guard input.count - offset <= Limits.partHeadByteCountMax else {
                throw MultipartPart.tooLarge
            }
            return nil
        }
        guard end - offset <= Limits.partHeadByteCountMax else { throw MultipartPart.tooLarge }
        let head = input[offset..<end]
        offset = end + Self.headEnd.count - Self.lineEnd.count
        return try MultipartPart(parsing: head)
    }

    private static let looseFirstBoundary = HTTPError(
        .badMultipart,
        "the first boundary of the multipart body does not stand on a line of its own that ends in CRLF"
    )

    private static let textBehindLast = HTTPError(
        .badMultipart, "text follows the last boundary of the multipart body on its line")
}
