/// A media type with its parameters, as in `Content-Type`.
package struct MediaType: Sendable, Equatable {
    /// The part before the slash, in small letters.
    package let type: String

    /// The part behind the slash, in small letters.
    package let subtype: String

    /// What follows, such as `charset` and `boundary`.
    package let parameters: Parameters

    /// Reads a field value.
    ///
    /// - Throws: `.badMediaType`.
    package init(parsing text: some StringProtocol) throws(HTTPError) {
        let trimmed = Substring(text).trimmingBlanks
        let end = trimmed.utf8.firstIndex(of: UInt8(ascii: ";")) ?? trimmed.endIndex
        let name = trimmed[..<end].trimmingBlanks.lowercased()
        let parts = name.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // Old Java clients send a lone star for all types.
        if name == "*" {
            (type, subtype) = ("*", "*")
        } else if parts.count == 2, Substring(parts[0]).isToken, Substring(parts[1]).isToken {
            (type, subtype) = (String(Substring(parts[0])), String(Substring(parts[1])))
        } else {
            throw HTTPError(.badMediaType, "\"\(name)\" is no media type")
        }
        parameters = try Parameters(parsing: trimmed[end...])
    }

    /// Type and subtype without parameters.
    package var essence: String { "\(type)/\(subtype)" }
}
