import HTTP

/// Puts the head and the trailers together from the lines that libcurl hands over.
///
/// Heads of 100 to 199 are dropped; the lines behind the final head's empty line are trailers.
struct HeadParser {
    /// What a line meant.
    enum Event {
        case more
        case head(Status, Fields)
    }

    private var status: Status?
    private var fields = Fields()
    private var byteCount = 0
    private var isHeadDone = false

    /// What came behind the body.
    private(set) var trailers = Fields()

    /// Whether the final head was there.
    var hasHead: Bool { isHeadDone }

    /// Takes one line with its line end.
    mutating func take(_ line: String) throws(HeadError) -> Event {
        byteCount += line.utf8.count
        let limit = isHeadDone ? Limits.trailerByteCountMax : Limits.headByteCountMax
        guard byteCount <= limit else { throw .tooLarge }
        let text = Self.trimmed(line[...])
        if isHeadDone {
            if let (name, value) = Self.split(text) { trailers.append(name, value) }
            return .more
        }
        if text.hasPrefix("HTTP/") { return try start(text) }
        if !text.isEmpty {
            guard let (name, value) = Self.split(text) else { throw .malformed }
            fields.append(name, value)
            return .more
        }
        return try end()
    }

    private mutating func start(_ text: Substring) throws(HeadError) -> Event {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let code = Int(parts[1]), (100...599).contains(code) else {
            throw .malformed
        }
        status = Status(code)
        fields = Fields()
        return .more
    }

    private mutating func end() throws(HeadError) -> Event {
        guard let status else { throw .malformed }
        guard status.code >= 200 else { return .more }
        isHeadDone = true
        byteCount = 0
        return .head(status, fields)
    }

    private static func split(_ text: Substring) -> (String, String)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex
        else { return nil }
        let value = trimmed(text[text.utf8.index(after: colon)...])
        return (String(text[..<colon]), String(value))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank = { (byte: UInt8) in
            byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
        }
        guard let first = text.utf8.firstIndex(where: { !isBlank($0) }),
            let last = text.utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return text[first...last]
    }
}

/// Why a head was refused.
enum HeadError: Error {
    case tooLarge
    case malformed
}
