/// A repository cannot be made or opened; the message says what to do.
package struct RepositoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: Hashable, Sendable {
        case missing
        case exists
        case newerVersion
        /// Made by a program from before the first release, in a form that is not read any more.
        case olderVersion
        case damaged
        /// Other users can change it.
        case open
        /// Another process has it open.
        case inUse
    }

    /// What is wrong.
    package let code: Code
    /// What to do about it.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
