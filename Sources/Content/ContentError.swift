import Buffers
package import Multiformats

/// Why something could not be done with content. The surfaces choose their status from `code`.
package struct ContentError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package struct Code: Hashable, Sendable {
        private enum Case {
            case invalidPath, invalidArgument, unresolvableName
            case blockNotFound, linkNotFound
            case undecodable, notUnixFS, isDirectory, notFile, notDirectory, tooDeep, damaged
            case rangeOutside, unsupportedCodec, nameOutsideRoot
            case blockTooLarge, badArchive, nameTaken
            case notPinned, pinConflict
            case nameTooLong, tooMuchMemory, tooMuchWork, overloaded
            case cancelled, deadlineExceeded, storage
        }

        private let value: Case

        private init(_ value: Case) { self.value = value }

        /// The text is not a content path, or its CID is not one.
        package static let invalidPath = Code(.invalidPath)
        /// An option or argument cannot be used; the message says which.
        package static let invalidArgument = Code(.invalidArgument)
        /// A mutable name, and no way to resolve it.
        package static let unresolvableName = Code(.unresolvableName)
        /// A block is not in this node. `cid` names it.
        package static let blockNotFound = Code(.blockNotFound)
        /// A block is here but has no such link or key. `cid` names the block.
        package static let linkNotFound = Code(.linkNotFound)
        /// A block does not decode as its codec, or breaks a rule of it. `cid` names it.
        package static let undecodable = Code(.undecodable)
        /// The node is no UnixFS node where one is needed.
        package static let notUnixFS = Code(.notUnixFS)
        /// A folder where a file is needed.
        package static let isDirectory = Code(.isDirectory)
        /// Neither file nor folder where a file is needed.
        package static let notFile = Code(.notFile)
        /// Something else where a folder is needed.
        package static let notDirectory = Code(.notDirectory)
        /// More levels than the limits allow.
        package static let tooDeep = Code(.tooDeep)
        /// A block does not have the hash that its CID says.
        package static let damaged = Code(.damaged)
        /// A range that has no byte in common with the file.
        package static let rangeOutside = Code(.rangeOutside)
        /// A codec that this operation cannot read or write.
        package static let unsupportedCodec = Code(.unsupportedCodec)
        /// A name in a folder leads out of the folder that is being packed.
        package static let nameOutsideRoot = Code(.nameOutsideRoot)
        /// A block over the size limit.
        package static let blockTooLarge = Code(.blockTooLarge)
        /// A CAR that is cut off or malformed.
        package static let badArchive = Code(.badArchive)
        /// Two entries of one folder with the same name.
        package static let nameTaken = Code(.nameTaken)
        /// The content is not pinned, or not in the way that was asked about.
        package static let notPinned = Code(.notPinned)
        /// A pin of the other mode is in the way.
        package static let pinConflict = Code(.pinConflict)
        /// A name or path that the form of the answer has no room for.
        package static let nameTooLong = Code(.nameTooLong)
        /// One request would have to hold more than any may.
        package static let tooMuchMemory = Code(.tooMuchMemory)
        /// One request would take more steps than any may.
        package static let tooMuchWork = Code(.tooMuchWork)
        /// Other requests have the memory; a retry may help.
        package static let overloaded = Code(.overloaded)
        /// The client has gone.
        package static let cancelled = Code(.cancelled)
        /// The time for the request is over.
        package static let deadlineExceeded = Code(.deadlineExceeded)
        /// The store failed; `cause` is its error.
        package static let storage = Code(.storage)
    }

    /// What kind of failure it is.
    package let code: Code
    /// What a person reads; texts that clients compare are Kubo's. At most `Limits.messageBytesMax`
    /// bytes, whatever it quotes.
    package let message: String
    /// The block that the failure is about.
    package let cid: CID?
    /// The failure below this one.
    package let cause: (any Error)?

    /// Makes an error.
    package init(
        _ code: Code, _ message: String, cid: CID? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message.shortened(toByteCount: Limits.messageBytesMax)
        self.cid = cid
        self.cause = cause
    }

    package var description: String { message }

    /// Whether the request as a whole is over, whatever else could still be done in it.
    package var endsRequest: Bool {
        [.cancelled, .deadlineExceeded, .overloaded, .tooMuchWork, .tooMuchMemory].contains(code)
    }

    /// Whether the content is to blame, in one place of it: not the caller, and not the node.
    package var isAboutContent: Bool {
        [.blockNotFound, .undecodable, .notUnixFS, .damaged, .tooDeep].contains(code) || isDamage
            || isUnreadable
    }
}
