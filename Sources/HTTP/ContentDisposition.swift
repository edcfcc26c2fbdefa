package import Buffers

/// The field `Content-Disposition`, of an answer or of one part of a form.
package struct ContentDisposition: Sendable, Equatable {
    /// `inline`, `attachment` or `form-data`, in small letters.
    package let kind: String

    /// All parameters.
    package let parameters: Parameters

    /// Reads a field value whose file name need not be UTF-8.
    ///
    /// - Throws: `.badMediaType`.
    package init(parsing bytes: Bytes) throws(HTTPError) {
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        kind = bytes.prefix(end).displayText[...].trimmingBlanks.lowercased()
        guard kind.isToken else {
            throw HTTPError(.badMediaType, "\"\(kind)\" is no kind of disposition")
        }
        parameters = try Parameters(parsing: bytes.dropFirst(end))
    }

    /// The name of the form's field.
    package var name: Bytes? { parameters.bytes(of: "name") }

    /// The file name: the extended form (RFC 8187) if it is there and can be read.
    package var filename: Bytes? { extendedFilename ?? parameters.bytes(of: "filename") }

    private var extendedFilename: Bytes? {
        guard let text = parameters["filename*"] else { return nil }
        let parts = text.utf8.split(
            separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Substring(parts[0]).equalsIgnoringASCIICase("UTF-8") else {
            return nil
        }
        return try? PercentCoding.decode(String(Substring(parts[2])))
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
        let coded = PercentCoding.encode(filename, keeping: .segment)
        if coded == filename { return "\(kind); filename=\"\(coded)\"; filename*=UTF-8''\(coded)" }
        let ascii = String(
            String.UnicodeScalarView(filename.unicodeScalars.map { $0.isASCII ? $0 : "_" }))
        return "\(kind); filename=\"\(PercentCoding.encode(ascii, keeping: .segment))\"; "
            + "filename*=UTF-8''\(coded)"
    }
}
