package import BlockStore
import IPLD
package import Multiformats
import UnixFS

extension ContentError {
    /// The client has gone.
    package static let cancelled = ContentError(.cancelled, "context canceled")

    /// The time for the request is over.
    package static let deadlineExceeded = ContentError(
        .deadlineExceeded, "context deadline exceeded")

    /// Others have the memory that is needed.
    ///
    /// - Parameter what: a noun phrase.
    package static func overloaded(_ what: String) -> ContentError {
        ContentError(.overloaded, "overloaded: \(what) is full, please try again")
    }

    /// The error for a block that this node does not have, in the words that scripts look for.
    package static func blockNotFound(_ cid: CID) -> ContentError {
        ContentError(
            .blockNotFound,
            "block was not found locally (offline): ipld: could not find \(cid.text())", cid: cid)
    }

    /// An error of the store, as the content surfaces report it.
    package init(_ error: BlockStoreError, reading cid: CID? = nil) {
        self.init(.storage, error.message, cid: cid, cause: error)
    }

    /// An error from code that reads through a `BlockSource` and so may throw anything.
    init(_ error: any Error, in cid: CID?) {
        switch error {
        case let error as ContentError:
            self = error
        case let error as BlockStoreError:
            self.init(error, reading: cid)
        case let error as UnixFSError:
            self.init(error, in: cid)
        case let error as IPLDError where error.code == .tooLarge:
            self.init(.tooMuchMemory, error.message, cid: cid, cause: error)
        default:
            let place = cid.map { "block \($0.text()): " } ?? ""
            self.init(.undecodable, place + "\(error)", cid: cid, cause: error)
        }
    }

    /// What strangers may read: the store's own words have paths of this machine in them, and what the
    /// system says. They belong into the log.
    package var publicMessage: String {
        guard code == .storage else { return message }
        let error = cause as? BlockStoreError
        switch error?.code {
        case .closed: return message
        // Of one block, whose CID is all that it names.
        case .corrupt where error?.multihash != nil: return message
        case .corrupt: return "what the node has stored is damaged"
        case .readError: return "the node could not read what it has stored"
        default: return "the store of the node has failed"
        }
    }

    /// Whether a stored block failed its check.
    package var isDamage: Bool { (cause as? BlockStoreError)?.code == .corrupt }

    /// Whether that is a given block.
    package func isDamage(of multihash: Multihash) -> Bool {
        guard let error = cause as? BlockStoreError else { return false }
        return error.code == .corrupt && error.multihash == multihash
    }

    /// Whether the disk did not give one block; it is the store's failure where no block is named.
    var isUnreadable: Bool {
        guard let error = cause as? BlockStoreError, error.code == .readError else { return false }
        return error.multihash != nil
    }

    /// The same error without what it came from, whose size nobody knows: for who keeps many. Damage stays
    /// damage.
    var withoutCause: ContentError {
        ContentError(code, message, cid: cid, cause: isDamage ? Self.damageAlone : nil)
    }

    private static let damageAlone = BlockStoreError(.corrupt, "a stored block failed its check")

    /// The same error with words before its message.
    package func prefixed(_ prefix: String) -> ContentError {
        ContentError(code, prefix + message, cid: cid, cause: cause)
    }

    /// The same with words behind it.
    func suffixed(_ suffix: String) -> ContentError {
        ContentError(code, message + suffix, cid: cid, cause: cause)
    }

    /// An error of a reader; its message names the block already.
    private init(_ error: UnixFSError, in cid: CID?) {
        let code: Code =
            switch error.code {
            case .notUnixFS: .notUnixFS
            case .tooDeep: .tooDeep
            case .notAFile: .notFile
            case .notADirectory: .notDirectory
            case .invalidOption: .invalidArgument
            default: .undecodable
            }
        self.init(code, error.message, cid: cid, cause: error)
    }
}
