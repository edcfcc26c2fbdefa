import Buffers
import Content
import HTTP

/// One entry of an upload as the head of its part describes it.
///
/// A mode or a time that is no number counts as none, as in Kubo.
///
/// - Spec: Kubo RPC API, `add`: the parts of its request body.
struct UploadedEntry: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case file
        /// The part has no bytes.
        case folder
        /// The part's bytes are the target.
        case link
    }

    struct Time: Sendable, Equatable {
        let seconds: Int64
        let nanoseconds: UInt32
    }

    let kind: Kind
    /// Cleaned; no names where the part has none.
    let path: EntryPath
    /// The low 12 bits of what was sent: the rest are Go's own bits for folders and links.
    let mode: UInt32?
    let modified: Time?

    init(_ part: MultipartPart) throws(ContentError) {
        kind =
            switch part.contentType {
            case "application/x-directory": .folder
            case "application/symlink": .link
            default: .file
            }
        let filename = part.filename ?? .empty
        path = try EntryPath(cleaning: (try? PercentCoding.decodeForm(filename)) ?? filename)
        let mark = part.name.firstIndex(of: UInt8(ascii: "?"))
        let query = QueryItems(parsing: mark.map { part.name.dropFirst($0 + 1) } ?? .empty)
        mode = query["mode"].flatMap { UInt32($0, radix: 8) }.map { $0 & 0o7777 }
        let nanoseconds = try Self.nanoseconds(query["mtime-nsecs"] ?? "")
        modified = query["mtime"].flatMap { Int64($0) }.map {
            Time(seconds: $0, nanoseconds: nanoseconds)
        }
    }

    /// A number of nanoseconds; what is no number counts as none, as in Kubo.
    private static func nanoseconds(_ text: String) throws(ContentError) -> UInt32 {
        var digits = text.utf8[...]
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") {
            digits.removeFirst()
        }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        guard let number = UInt32(text), number < 1_000_000_000 else {
            throw ContentError(
                .invalidArgument,
                "mtime-nsecs is \(text.prefix(40)): it is at least 0 and at most 999999999")
        }
        return number
    }
}
