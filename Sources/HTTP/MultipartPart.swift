package import Buffers

/// The head of one part of a `multipart/form-data` body.
package struct MultipartPart: Sendable {
    /// All fields of the head.
    package let fields: Fields

    /// The disposition, if there is one that parses.
    package let disposition: ContentDisposition?

    /// Reads the fields of a head, without its empty line.
    ///
    /// - Throws: `.badMultipart`, also for bytes that are encoded; `.tooLarge` for too many fields.
    /// - Spec: RFC 2046, 5.1; RFC 7578, 4.7 and 4.8.
    init(parsing head: Bytes) throws(HTTPError) {
        var fields = Fields()
        // As bytes: clients write names into it that are not UTF-8.
        var disposition: Bytes?
        for line in head.split(separator: UInt8(ascii: "\n")) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast(1) : line
            if line.isEmpty { continue }
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? 0
            let name = line.prefix(colon).displayText
            guard name.isToken else {
                throw HTTPError(.badMultipart, "a field in the head of a part has no name")
            }
            guard fields.count < Limits.partFieldCountMax else { throw Self.tooLarge }
            let value = line.dropFirst(colon + 1)
            let text = String(value.displayText[...].trimmingBlanks)
            fields.append(name, text)
            if name.equalsIgnoringASCIICase("Content-Disposition"), disposition == nil {
                disposition = value
            }
            if name.equalsIgnoringASCIICase("Content-Transfer-Encoding"), !Self.isIdentity(text) {
                throw HTTPError(
                    .badMultipart,
                    "a part has a Content-Transfer-Encoding: send its bytes as they are")
            }
        }
        self.fields = fields
        self.disposition = disposition.flatMap { try? ContentDisposition(parsing: $0) }
    }

    /// Whether bytes of an encoding are those that were sent.
    ///
    /// - Spec: RFC 2045, 6.2.
    private static func isIdentity(_ encoding: String) -> Bool {
        ["7bit", "8bit", "binary"].contains { encoding.equalsIgnoringASCIICase($0) }
    }

    static let tooLarge = HTTPError(
        .tooLarge, "the head of a part is larger than \(Limits.partHeadByteCountMax) bytes")

    /// The name of the form's field, as it was sent; empty without one.
    package var name: Bytes { disposition?.name ?? .empty }

    /// The file name, as it was sent; nil without one.
    package var filename: Bytes? { disposition?.filename }

    /// The media type without parameters, in small letters; nil without one that parses.
    package var contentType: String? {
        fields["Content-Type"].flatMap { try? MediaType(parsing: $0) }?.essence
    }
}
