import Buffers

/// Why a block, a value or a CAR was refused. A retry cannot help.
package struct IPLDError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, for code that decides.
    package struct Code: Hashable, Sendable {
        private enum Kind { case malformed, tooDeep, tooLarge, tooManyKeys, unsupported, form }
        private let kind: Kind

        /// Bytes that the codec does not allow.
        package static let malformed = Code(kind: .malformed)
        /// Nested deeper than `Limits.depthMax`.
        package static let tooDeep = Code(kind: .tooDeep)
        /// Longer than the limit for its kind.
        package static let tooLarge = Code(kind: .tooLarge)
        /// More keys out of order than can be compared: `Limits.jsonKeysMax`.
        package static let tooManyKeys = Code(kind: .tooManyKeys)
        /// A codec that this module cannot read or write.
        package static let unsupported = Code(kind: .unsupported)
        /// A value that the codec asked for cannot express.
        package static let form = Code(kind: .form)
    }

    package let code: Code
    /// What is wrong with the input, for a person; at most `Limits.messageBytesMax` bytes, whatever
    /// it quotes.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.shortened(toByteCount: Limits.messageBytesMax)
    }

    package var description: String { message }
}

extension IPLDError {
    static func tooLongToWrite(_ byteCountMax: Int) -> IPLDError {
        IPLDError(
            .tooLarge,
            "the value would take more than \(byteCountMax) bytes in this codec: read the block as it "
                + "is, or a part of it by a path")
    }
}
