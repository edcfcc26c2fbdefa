package import Buffers

/// The head of one part of a `multipart/form-data` body.
package struct MultipartPart: Sendable {
    /// All fields of the head.
    package let fields: Fields

    /// The disposition, if there is one that parses.
    package let disposition: ContentDisposition?

    /// - Parameters:
    ///   - fields: as text.
    ///   - disposition: the bytes of the field `Content-Disposition`: clients write names into it
    ///     that are not UTF-8.
    init(fields: Fields, disposition: Bytes?) {
        self.fields = fields
        self.disposition = disposition.flatMap { try? ContentDisposition(parsing: $0) }
    }

    /// The name of the form's field, as it was sent; empty without one.
    package var name: Bytes { disposition?.name ?? .empty }

    /// The file name, as it was sent; nil without one.
    package var filename: Bytes? { disposition?.filename }

    /// The media type without parameters, in small letters; nil without one that parses.
    package var contentType: String? {
        fields["Content-Type"].flatMap { try? MediaType(parsing: $0) }?.essence
    }
}
