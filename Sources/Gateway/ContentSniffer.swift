import Buffers
import HTTP

/// Finds the type of a file by its first bytes.
///
/// - Spec: IPFS Path Gateway, "`Content-Type` (response header)".
/// - Invariant: the order of the checks is part of the answer: containers before texts.
enum ContentSniffer {
    /// The type of a file that begins with these bytes.
    ///
    /// - Parameters:
    ///   - start: at most `Limits.sniffBytesMax` bytes.
    ///   - isWhole: whether that is the whole file.
    /// - Returns: always a type; `application/octet-stream` where nothing else fits.
    static func type(of start: Bytes, isWhole: Bool) -> String {
        if start.isEmpty { return ContentTypes.withCharset("text/plain") }
        let bytes = start.array
        return binaryType(bytes) ?? textType(bytes, isWhole: isWhole) ?? "application/octet-stream"
    }

    private static func binaryType(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: Array("OggS".utf8)) { return oggType(bytes) }
        for signature in signatures where signature.matches(bytes) { return signature.type }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return zipType(bytes) }
        if bytes.count >= 12, Array(bytes[4..<8]) == Array("ftyp".utf8) {
            return brandType(String(decoding: bytes[8..<12], as: UTF8.self))
        }
        if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            return contains(bytes, "webm") ? "video/webm" : "video/x-matroska"
        }
        return nil
    }

    /// The members of the zip family by the names that their first entries have.
    private static func zipType(_ bytes: [UInt8]) -> String {
        let members: [(String, String)] = [
            ("mimetypeapplication/epub+zip", "application/epub+zip"),
            (
                "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                "application/vnd.oasis.opendocument.spreadsheet"
            ),
            (
                "mimetypeapplication/vnd.oasis.opendocument.text",
                "application/vnd.oasis.opendocument.text"
            ),
            (
                "mimetypeapplication/vnd.oasis.opendocument.presentation",
                "application/vnd.oasis.opendocument.presentation"
            ),
            (
                "word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (
                "ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            ),
        ]
        return members.first { contains(bytes, $0.0) }?.1 ?? "application/zip"
    }

    private static func brandType(_ brand: String) -> String {
        switch brand {
        case "avif", "avis": "image/avif"
        case "heic", "heix", "mif1": "image/heic"
        case "qt  ": "video/quicktime"
        case "M4A ", "M4B ": "audio/mp4"
        default: "video/mp4"
        }
    }

    private static func textType(_ bytes: [UInt8], isWhole: Bool) -> String? {
        guard isText(bytes, isWhole: isWhole) else { return nil }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = Array(bytes.dropFirst(hasMark ? 3 : 0).drop(while: isBlank))
        if let type = markupType(text) { return type }
        if JSONSniffer.looksLikeJSON(text, isWhole: isWhole) { return "application/json" }
        return ContentTypes.withCharset(
            looksLikeCSV(text, isWhole: isWhole) ? "text/csv" : "text/plain")
    }

    /// XML and HTML by what stands first behind comments: a drawing may begin with the name of the
    /// program that made it, and browsers refuse `text/html` in an image.
    private static func markupType(_ text: [UInt8]) -> String? {
        let rest = behindComments(text[...])
        if begins(rest, with: "<svg") { return "image/svg+xml" }
        if begins(rest, with: "<?xml") {
            let head = Array(rest.prefix(xmlHeadByteCount)).map(ASCII.lowercased)
            return contains(head, "<svg") ? "image/svg+xml" : "application/xml"
        }
        let marks = [
            "<!doctype html", "<html", "<head", "<body", "<script", "<title", "<h1", "<div", "<p>",
            "<!--",
        ]
        let isPage = marks.contains { begins(rest, with: $0) || begins(text[...], with: $0) }
        return isPage ? "text/html" : nil
    }

    /// Where the first element may stand behind the XML declaration, a DOCTYPE and comments.
    private static let xmlHeadByteCount = 256

    /// What follows comments and the blanks between them; a comment without an end stays.
    private static func behindComments(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.drop(while: isBlank)
        while begins(rest, with: "<!--"),
            let end = rest.dropFirst(4).firstRange(of: Array("-->".utf8))
        {
            rest = rest[end.upperBound...].drop(while: isBlank)
        }
        return rest
    }

    private static func begins(_ bytes: ArraySlice<UInt8>, with text: String) -> Bool {
        bytes.prefix(text.utf8.count).map(ASCII.lowercased).elementsEqual(text.utf8)
    }

    /// The first pages of an Ogg stream name its codecs (RFC 5334): with Theora it is a video.
    private static func oggType(_ bytes: [UInt8]) -> String {
        let theora = [0x80] + Array("theora".utf8)
        return bytes.firstRange(of: theora) == nil ? "audio/ogg" : "video/ogg"
    }

    /// UTF-8 without control characters; the last character may be cut where the file goes on.
    private static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        let isPrintable = bytes.allSatisfy {
            $0 >= 0x20 && $0 != 0x7F || isBlank($0) || $0 == 0x0C || $0 == 0x1B
        }
        guard isPrintable else { return false }
        let longestCut = isWhole ? 0 : 3
        return (0...min(longestCut, bytes.count)).contains { cut in
            String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
        }
    }

    /// At least two full lines of the same number of fields, two or more.
    private static func looksLikeCSV(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))
        if !isWhole { lines = lines.dropLast() }
        guard lines.count >= 2 else { return false }
        let counts = Set(lines.map { line in line.count { $0 == UInt8(ascii: ",") } })
        return counts.count == 1 && (counts.first ?? 0) >= 1
            && lines.allSatisfy {
                !$0.contains(UInt8(ascii: "{")) && !$0.contains(UInt8(ascii: ";"))
            }
            && lines.allSatisfy { !contains(Array($0), ", ") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        bytes.firstRange(of: Array(text.utf8)) != nil
    }

    private struct Signature: Sendable {
        let offset: Int
        let bytes: [UInt8]
        let type: String
        /// A second mark that has to be there too.
        var second: (offset: Int, bytes: [UInt8])?

        func matches(_ start: [UInt8]) -> Bool {
            Self.stands(bytes, at: offset, in: start)
                && (second.map { Self.stands($0.bytes, at: $0.offset, in: start) } ?? true)
        }

        private static func stands(_ bytes: [UInt8], at offset: Int, in start: [UInt8]) -> Bool {
            start.count >= offset + bytes.count
                && start[offset..<offset + bytes.count].elementsEqual(bytes)
        }
    }

    private static func mark(
        _ text: String, _ type: String, at offset: Int = 0, second: (Int, String)? = nil
    ) -> Signature {
        Signature(
            offset: offset, bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) },
            type: type, second: second.map { ($0.0, Array($0.1.utf8)) })
    }

    private static let signatures: [Signature] = [
        mark("\u{89}PNG\r\n\u{1a}\n", "image/png"), mark("\u{ff}\u{d8}\u{ff}", "image/jpeg"),
        mark("GIF87a", "image/gif"), mark("GIF89a", "image/gif"),
        mark("RIFF", "image/webp", second: (8, "WEBP")),
        mark("RIFF", "audio/wav", second: (8, "WAVE")),
        mark("RIFF", "video/x-msvideo", second: (8, "AVI ")),
        mark("BM", "image/bmp", second: (6, "\0\0\0\0")),
        mark("II*\0", "image/tiff"), mark("MM\0*", "image/tiff"),
        mark("\0\0\u{1}\0", "image/x-icon"),
        mark("%PDF-", "application/pdf"), mark("\u{1f}\u{8b}", "application/gzip"),
        mark("BZh", "application/x-bzip2"), mark("\u{fd}7zXZ\0", "application/x-xz"),
        mark("7z\u{bc}\u{af}\u{27}\u{1c}", "application/x-7z-compressed"),
        mark("\u{28}\u{b5}\u{2f}\u{fd}", "application/zstd"),
        mark("ustar", "application/x-tar", at: 257), mark("\0asm", "application/wasm"),
        mark("wOFF", "font/woff"), mark("wOF2", "font/woff2"),
        mark("\0\u{1}\0\0\0", "font/ttf"), mark("OTTO", "font/otf"),
        mark("fLaC", "audio/flac"), mark("ID3", "audio/mpeg"),
        mark("\u{ff}\u{fb}", "audio/mpeg"), mark("glTF", "model/gltf-binary"),
    ]
}
