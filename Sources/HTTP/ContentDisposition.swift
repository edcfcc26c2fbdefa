import Buffers

/// The field `Content-Disposition`, of an answer or of one part of a form.
package struct ContentDisposition: Sendable, Equatable {
    /// `inline`, `attachment` or `form-data`, in small letters.
    package let kind: String

    /// All parameters.
    package let parameters: Parameters

    /// Reads a field value.
    ///
    /// - Throws: `.badMediaType`.
    package init(parsing text: String) throws(HTTPError) {
        let trimmed = text.trimmingBlanks
        let end = trimmed.utf8.firstIndex(of: UInt8(ascii: ";")) ?? trimmed.endIndex
        kind = trimmed[..<end].trimmingBlanks.lowercased()
        guard kind.isToken else {
            throw HTTPError(.badMediaType, "\"\(kind)\" is no kind of disposition")
        }
        parameters = try Parameters(parsing: trimmed[end...])
    }

    /// The name of the form's field.
    package var name: String? { parameters["name"] }

    /// The file name: the extended form (RFC 8187) if it is there and can be read.
    package var filename: String? { extendedFilename ?? parameters["filename"] }

    private var extendedFilename: String? {
        guard let text = parameters["filename*"] else { return nil }
        let parts = text.utf8.split(
            separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Substring(parts[0]).equalsIgnoringASCIICase("UTF-8") else {
            return nil
        }
        return (try? PercentCoding.decode(String(Substring(parts[2]))))?.utf8Text
    }

    /// Builds the value for a download.
    ///
    /// Both forms of the name are percent-coded, so quotes, line breaks and slashes in it are
    /// harmless.
    ///
    /// - Parameters:
    ///   - kind: `inline` or `attachment`.
    ///   - filename: any text.
    /// - Returns: `<kind>; filename="<ascii>"; filename*=UTF-8''<coded>`.
    package static func value(_ kind: String, filename: String) -> String {
        let ascii = String(
            String.UnicodeScalarView(filename.unicodeScalars.map { $0.isASCII ? $0 : "_" }))
        return "\(kind); filename=\"\(PercentCoding.encode(ascii, keeping: .segment))\"; "
            + "filename*=UTF-8''\(PercentCoding.encode(filename, keeping: .segment))"
    }
}
