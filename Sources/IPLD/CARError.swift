/// Why a CAR was refused. A retry cannot help.
package struct CARError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, for code that decides.
    package struct Code: Hashable, Sendable {
        private enum Kind { case truncated, header, section, tooLarge }
        private let kind: Kind

        /// The input ended inside a header or section.
        package static let truncated = Code(kind: .truncated)
        /// A header that is no CAR header, or of an unknown version.
        package static let header = Code(kind: .header)
        /// A section without a proper length or CID.
        package static let section = Code(kind: .section)
        /// A header or section over its limit.
        package static let tooLarge = Code(kind: .tooLarge)
    }

    package let code: Code
    /// What is wrong with the input, for a person.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
