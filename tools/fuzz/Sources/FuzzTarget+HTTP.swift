import Buffers
import Content
import HTTP

extension FuzzTarget {
    static let http = [
        FuzzTarget(text: "byte-range", checkByteRange),
        FuzzTarget(text: "request-target", checkRequestTarget),
        FuzzTarget(text: "percent-coding", checkPercentCoding),
        FuzzTarget(text: "query", checkQuery),
        FuzzTarget(text: "entity-tags", checkEntityTags),
        FuzzTarget(text: "accept", checkAccept),
        FuzzTarget(text: "http-date", upTo: 128, checkDate),
        FuzzTarget("multipart", checkMultipart),
        FuzzTarget(text: "content-disposition", checkDisposition),
        FuzzTarget(text: "content-path", checkContentPath),
    ]

    private static func checkByteRange(_ text: String) throws {
        for size: UInt64 in [0, 1, 1_000, .max] {
            guard case .partial(let ranges) = RangeDecision(text, size: size) else { continue }
            for range in ranges {
                try Finding.unless(
                    range.count > 0 && range.offset < size && range.count <= size - range.offset,
                    "\(range) is outside of \(size) bytes")
                _ = range.contentRange(of: size)
            }
        }
    }

    private static func checkRequestTarget(_ text: String) throws {
        _ = try? RequestTarget(parsing: text, method: .connect)
        let target = try RequestTarget(parsing: text)
        let rest = target.path + (target.query.map { "?" + $0 } ?? "")
        switch target.form {
        case .origin: try Finding.unless(rest == text, "a target loses something")
        case .absolute:
            let authority = target.authority ?? ""
            let whole = "\(target.scheme ?? "")://\(authority)\(rest)"
            try Finding.unless(
                whole.utf8.count - text.utf8.count <= 1, "an absolute target grows")
            try Finding.unless(
                whole.hasSuffix(text.drop { $0 != ":" }) || target.path == "/",
                "an absolute target loses something")
        case .authority, .asterisk: break
        }
    }

    private static func checkPercentCoding(_ text: String) throws {
        _ = try? PercentCoding.decodeForm(Bytes(utf8: text))
        let bytes = try PercentCoding.decode(text)
        for kept in [PercentCoding.Kept.path, .segment, .unreserved] {
            let coded = PercentCoding.encode(bytes.array, keeping: kept)
            let again = try Finding.ifRefused("\(coded) is not read back") {
                try PercentCoding.decode(coded)
            }
            try Finding.unless(again == bytes, "\(coded) loses bytes")
        }
    }

    private static func checkQuery(_ text: String) throws {
        let query = Array(QueryItems(parsing: Bytes(utf8: text)))
        let written = query.map { item in
            PercentCoding.encode(item.nameBytes, keeping: .unreserved) + "="
                + PercentCoding.encode(item.valueBytes, keeping: .unreserved)
        }.joined(separator: "&")
        let again = Array(QueryItems(parsing: Bytes(utf8: written)))
        try Finding.unless(again == query, "\(written) loses something")
    }

    private static func checkEntityTags(_ text: String) throws {
        if let tag = EntityTag(parsing: text) {
            try Finding.unless(
                EntityTag(parsing: tag.description) == tag, "\(tag) is not read back")
            try Finding.unless(
                tag.description.utf8.elementsEqual(text.trimmingBlanks.utf8),
                "\(tag) is read out of \(text)")
        }
        let list = EntityTagList(parsing: text)
        guard case .tags(let tags) = list else { return }
        let written = tags.map(\.description).joined(separator: ", ")
        try Finding.unless(EntityTagList(parsing: written) == list, "\(written) loses something")
        try Finding.unless(tags.isEmpty || list.matchesWeakly(tags), "a tag does not match itself")
    }

    private static func checkAccept(_ text: String) throws {
        let accept = try Accept(parsing: text)
        let sorted = accept.byQuality
        for (before, after) in zip(sorted, sorted.dropFirst()) {
            try Finding.unless(before.quality >= after.quality, "the order is wrong")
        }
        for element in accept.elements {
            let again = try Finding.ifRefused("a media type is not read back") {
                try MediaType(parsing: element.mediaType.essence)
            }
            try Finding.unless(
                again.essence == element.mediaType.essence, "a media type loses something")
        }
    }

    private static func checkDate(_ text: String) throws {
        guard let date = HTTPDate(parsing: text) else { return }
        try Finding.unless(
            HTTPDate(parsing: date.description) == date, "\(date) is not read back")
    }

    private static func checkMultipart(_ input: Bytes) throws {
        let whole = MultipartContents(reading: [input])
        let inPieces = MultipartContents(reading: Pieces(input))
        try Finding.unless(whole == inPieces, "a form is read differently in pieces")
    }

    private static func checkDisposition(_ text: String) throws {
        let written = ContentDisposition.value("attachment", filename: text)
        let again = try Finding.ifRefused("\(written) is not read back") {
            try ContentDisposition(parsing: Bytes(utf8: written))
        }
        try Finding.unless(
            again.filename == Bytes(utf8: text), "\(written) loses something")
        let disposition = try ContentDisposition(parsing: Bytes(utf8: text))
        _ = (disposition.name, disposition.filename)
    }

    private static func checkContentPath(_ text: String) throws {
        let path = try ContentPath(parsing: Bytes(utf8: text))
        let again = try Finding.ifRefused("\(path.text) is not read back") {
            try ContentPath(parsing: Bytes(utf8: path.text))
        }
        try Finding.unless(again == path, "\(path.text) is read as another path")
        let isClean = path.segments.allSatisfy { segment in
            !segment.isEmpty && segment != Bytes(utf8: ".") && segment != Bytes(utf8: "..")
                && segment.firstIndex(of: Bytes(utf8: "/")) == nil
        }
        try Finding.unless(isClean, "\(path.text) has a segment that is no name")
    }
}
