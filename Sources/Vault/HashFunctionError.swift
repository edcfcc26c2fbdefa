/// Why a digest cannot be made or trusted. A retry cannot help.
///
/// The texts are Kubo's, because clients compare them.
package struct HashFunctionError: Error, Equatable, CustomStringConvertible {
    /// What is wrong; more may be added.
    package struct Code: Hashable, Sendable {
        private enum Value {
            case unknownName, insecure, notRegistered, digestTooLarge, digestTooSmall
        }
        private let value: Value

        /// No multihash has that name.
        package static let unknownName = Code(value: .unknownName)
        /// The function is known, and it or so short a digest proves too little.
        package static let insecure = Code(value: .insecure)
        /// The function is allowed, but nobody offers it.
        package static let notRegistered = Code(value: .notRegistered)
        /// Identity content, or a digest, over 128 bytes.
        package static let digestTooLarge = Code(value: .digestTooLarge)
        /// A digest under 20 bytes.
        package static let digestTooSmall = Code(value: .digestTooSmall)
    }

    /// What is wrong.
    package let code: Code

    /// The sentence for a person, in Kubo's words.
    package let message: String

    package var description: String { message }
}
