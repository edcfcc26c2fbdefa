/// The field `Accept`: what the client can use, and how much it likes it.
package struct Accept: Sendable, Equatable {
    /// One element.
    package struct Element: Sendable, Equatable {
        /// The type, perhaps with stars, and its parameters (`q` among them).
        package let mediaType: MediaType

        /// The wish in thousandths: 1000 without a `q`, 0 for "not at all".
        package let quality: Int
    }

    /// All elements in the client's order.
    package let elements: [Element]

    /// Reads a field value (several fields joined by commas); nil has no elements.
    ///
    /// - Throws: `.badMediaType`.
    package init(parsing text: String?) throws(HTTPError) {
        var elements: [Element] = []
        for element in ListElements(text ?? "") {
            guard elements.count < Limits.acceptedTypeCountMax else {
                throw HTTPError(
                    .badMediaType, "Accept names more than \(Limits.acceptedTypeCountMax) types")
            }
            let mediaType = try MediaType(parsing: element)
            elements.append(
                Element(
                    mediaType: mediaType, quality: try Self.quality(mediaType.parameters["q"])))
        }
        self.elements = elements
    }

    /// The elements that the client can use, the most wanted first; ties in the client's order.
    package var byQuality: [Element] {
        let usable = elements.enumerated().filter { $0.element.quality > 0 }
        return usable.sorted {
            ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset)
        }.map(\.element)
    }

    private static func quality(_ text: String?) throws(HTTPError) -> Int {
        guard let text else { return 1_000 }
        guard let value = Double(text), value.isFinite, value >= 0 else {
            throw HTTPError(.badMediaType, "\"\(text)\" is no quality value")
        }
        return Int((min(value, 1) * 1_000).rounded())
    }
}
