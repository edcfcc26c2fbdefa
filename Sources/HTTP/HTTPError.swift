/// Why a piece of HTTP text was refused. Bad input from a peer: a retry cannot help.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was wrong, for code that has to choose an answer.
    package enum Code: Sendable {
        /// `%` without two hexadecimal digits behind it.
        case badPercentCoding
        /// A request target of none of the four forms.
        case badTarget
        /// A media type, or a list of them, that does not parse.
        case badMediaType
        /// A multipart body that does not follow RFC 2046.
        case badMultipart
        /// Chunks that do not follow RFC 9112, 7.1.
        case badChunk
        /// A part's head, the number of parts, or what stands between chunks passes its limit.
        case tooLarge
        /// The input ended in the middle.
        case unexpectedEnd
    }

    /// What was wrong.
    package let code: Code

    /// One sentence for the peer.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
