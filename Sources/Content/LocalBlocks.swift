package import BlockStore
package import Buffers
package import IPLD
package import Multiformats
import UnixFS

/// Blocks by CID from this node only. Identity CIDs carry their content and are never looked up.
package struct LocalBlocks: BlockSource, Sendable {
    private let store: BlockStore

    /// Reads from a store.
    package init(store: BlockStore) { self.store = store }

    /// The bytes of a block.
    ///
    /// - Throws: `.blockNotFound`, `.storage`.
    /// - Complexity: no I/O when the block is in the cache; otherwise two reads of the database.
    package func block(_ cid: CID) throws(ContentError) -> Bytes {
        if let content = cid.identityContent { return content }
        do {
            if let bytes = try store.get(cid.multihash) { return bytes }
        } catch {
            throw ContentError(error, reading: cid)
        }
        throw .blockNotFound(cid)
    }

    /// The bytes of a block together with its name.
    ///
    /// - Throws: as `block(_:)`.
    package func named(_ cid: CID) throws(ContentError) -> Block {
        Block(cid: cid, bytes: try block(cid))
    }

    /// Whether a block can be read, and its size, without reading it.
    ///
    /// - Returns: nil when it is not here.
    /// - Throws: `.storage`.
    package func byteCount(of cid: CID) throws(ContentError) -> Int? {
        if let content = cid.identityContent { return content.count }
        do {
            return try store.stat(cid.multihash)?.byteCount
        } catch {
            throw ContentError(error, reading: cid)
        }
    }
}

extension LocalBlocks {
    /// The size of a block and of everything below it, as its links claim: `Tsize` of a link to it.
    ///
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`.
    package func tsize(of cid: CID) throws(ContentError) -> UInt64 {
        let bytes = try block(cid)
        guard cid.codec == .dagPB else { return UInt64(bytes.count) }
        do {
            let links = try DagPBNode(decoding: bytes).links
            return links.reduce(UInt64(bytes.count)) { $0.addingSaturated($1.tsize ?? 0) }
        } catch {
            throw ContentError(error, in: cid)
        }
    }
}

extension UInt64 {
    /// The sum, or the largest number where it would overflow: sizes come from outside.
    fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension ContentError {
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
        default:
            let place = cid.map { "block \($0.text()): " } ?? ""
            self.init(.undecodable, place + "\(error)", cid: cid, cause: error)
        }
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
