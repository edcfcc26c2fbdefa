/// Why an option, a name or stored UnixFS data cannot be used. A retry never helps.
package struct UnixFSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong; surfaces choose their status by it.
    package struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case invalidOption, invalidName, notUnixFS, malformed, notAFile, notADirectory
            case tooDeep, tooLarge
        }

        private let kind: Kind

        /// The user asked for something that cannot be; the message is Kubo's where Kubo has one.
        package static let invalidOption = Code(kind: .invalidOption)
        /// A directory entry cannot have this name.
        package static let invalidName = Code(kind: .invalidName)
        /// The block's codec is not UnixFS, or its data are no such message: it is a block of its own.
        package static let notUnixFS = Code(kind: .notUnixFS)
        /// The block is UnixFS and breaks its rules: there may be more of it in other blocks.
        package static let malformed = Code(kind: .malformed)
        /// A file was expected and something else is there.
        package static let notAFile = Code(kind: .notAFile)
        /// A directory was expected and something else is there.
        package static let notADirectory = Code(kind: .notADirectory)
        /// More levels than a reader follows, or than a hash has bits for.
        package static let tooDeep = Code(kind: .tooDeep)
        /// The block would pass 2 MiB.
        package static let tooLarge = Code(kind: .tooLarge)
    }

    /// What kind of thing is wrong.
    package let code: Code

    /// A sentence for people.
    package let message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what kind of thing is wrong.
    ///   - message: a sentence for people.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
