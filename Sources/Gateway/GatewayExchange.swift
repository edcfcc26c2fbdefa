import Buffers
import Content
import HTTP
import HTTPServer
import IPLD
import Multiformats
import UnixFS

/// One request below `/ipfs/`, on its way from its path to its answer.
///
/// Extensions hold the answers by kind: `+File`, `+Folder`, `+Block`, `+CAR`, `+TAR`.
final class GatewayExchange {
    let request: Request
    let gateway: Gateway
    let slot: RequestSlot
    let target: GatewayTarget
    let query: QueryItems
    let choice: FormatChoice

    let access: ContentAccess

    /// What the blocks on the path are accounted in.
    private(set) lazy var pathMemory = access.makeStateShare()

    var isHead: Bool { request.method == .head }

    init(_ request: Request, gateway: Gateway, slot: RequestSlot) throws(GatewayError) {
        self.request = request
        self.gateway = gateway
        self.slot = slot
        let liveness = request.liveness
        access = gateway.library.access(
            for: RequestContext(deadline: request.deadline, client: request.client) {
                liveness.isWanted
            })
        target = try GatewayTarget(request.requestTarget)
        query = request.queryItems
        choice = try FormatChoice(query: query, accept: request.fields.joined("Accept"))
    }

    /// The whole answer, with the first piece of the body made.
    func preparedAnswer() throws(GatewayError) -> Response {
        do throws(GatewayError) {
            let response = try answer()
            // Only here: who puts the answer together has blocks in hand, and would keep them while
            // this waits for others.
            do {
                try response.prepareBody()
            } catch let error as ContentError where choice.format == .tar {
                throw tarRefusal(error)
            } catch {
                throw GatewayError(error, resolving: target.path.text)
            }
            return response
        } catch {
            if isMissing(error), onlyIfCached { throw notCached }
            var error = error
            error.fields["X-Ipfs-Path"] = pathField
            throw error
        }
    }

    private func answer() throws(GatewayError) -> Response {
        try refuseUntrustworthy()
        return try answerByFormat()
    }

    private func answerByFormat() throws(GatewayError) -> Response {
        switch choice.format {
        case .car:
            return try carAnswer(resolve())
        case .ipnsRecord:
            throw GatewayError(.badRequest, "\(target.shownPath) is not an IPNS link")
        case .tar:
            return try tarAnswer(resolve())
        case .raw:
            return try rawAnswer(resolve())
        case .json, .cbor, .dagJSON, .dagCBOR, nil:
            return try deserializedAnswer(resolve())
        }
    }

    private func resolve() throws(GatewayError) -> Resolution {
        do {
            return try PathResolver(access).resolve(target.path, in: pathMemory)
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    /// Dispatches on the codec of what the path leads to; nothing is converted (IPIP-524).
    private func deserializedAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        switch resolution.cid.codec {
        case .dagPB, .raw:
            if let format = choice.format, format != .json { throw mismatch(format, resolution) }
            return try unixFSAnswer(resolution)
        case .json, .cbor, .dagJSON, .dagCBOR:
            return try codecAnswer(resolution)
        default:
            if let format = choice.format { throw mismatch(format, resolution) }
            return try codecAnswer(resolution)
        }
    }

    private func unixFSAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        let reader = access.makeReader()
        let plan: RootPlan
        do {
            let (block, node) = try openRoot(resolution.cid, from: reader)
            switch node {
            case .symlink(let link): return try symlinkAnswer(resolution, link)
            case .file(let file)
            where saysThatItIsEmpty(node) || file.partCount > 0 && needsType(of: resolution.cid):
                plan = .file(isEmpty: saysThatItIsEmpty(node))
            case .raw, .file:
                return try fileAnswer(resolution, block: block, node: node, from: reader)
            case .shard(let folder): plan = .shardedFolder(folder.metadata)
            case .directory(let folder):
                let index = folder.entry(named: Self.indexName)
                plan = .folder(folder.metadata, index: index?.compacted())
            }
        }
        // Other blocks are needed first. Nobody waits for them while he holds the root.
        reader.release()
        switch plan {
        case .file(let isEmpty):
            if isEmpty { try checkEmpty(resolution.cid) }
            if needsType(of: resolution.cid) { try findType(of: resolution.cid) }
            let (block, node) = try openRoot(resolution.cid, from: reader)
            return try fileAnswer(resolution, block: block, node: node, from: reader)
        case .folder(let metadata, let index):
            return try folderAnswer(
                resolution, metadata: metadata, index: index, from: reader)
        case .shardedFolder(let metadata):
            let index = showsFolder ? try index(of: resolution.cid) : nil
            return try folderAnswer(
                resolution, metadata: metadata, index: index, from: reader)
        }
    }

    /// What is to be done with a root that leads to other blocks; holds on to none.
    private enum RootPlan {
        case file(isEmpty: Bool)
        case folder(UnixFSMetadata, index: DirectoryEntry?)
        case shardedFolder(UnixFSMetadata)
    }

    private func openRoot(
        _ cid: CID, from reader: BlockReader
    ) throws(GatewayError) -> (block: Block, node: UnixFSNode) {
        let block = try block(cid, from: reader)
        do {
            return (block, try UnixFSNode.read(block))
        } catch {
            throw GatewayError(
                .internalServerError, "failed to resolve \(target.path.text): \(error)")
        }
    }

    /// The block of a CID, which counts against the budget of all readers as long as the reader is
    /// not asked for another one; absent is 404.
    func block(_ cid: CID, from reader: BlockReader) throws(GatewayError) -> Block {
        do {
            return try reader.named(cid)
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    /// Content as a body.
    func pulled(_ content: any ContentPieces) -> PulledBody {
        PulledBody(PieceOutput(content, access: access), slot: slot)
    }

    /// 406: content is never converted from one codec into another.
    func mismatch(_ format: ResponseFormat, _ resolution: Resolution) -> GatewayError {
        let codec =
            resolution.cid.codec.name ?? "0x" + String(resolution.cid.codec.rawValue, radix: 16)
        return GatewayError(
            .notAcceptable,
            "format \"\(format.mediaType)\" requested but block has codec \"\(codec)\": codec conversion is not supported, fetch raw block with ?format=raw and convert client-side",
            fields: rootsFields(resolution))
    }

    /// Strict trustless mode serves only what the client can verify.
    private func refuseUntrustworthy() throws(GatewayError) {
        guard !gateway.settings.deserializedResponses else { return }
        let isByCID = target.path.segments.isEmpty
        if choice.format == .car || (choice.format == .raw && isByCID) { return }
        throw GatewayError(
            choice.format == nil ? .badRequest : .notAcceptable,
            "only trustless requests are accepted on this gateway: https://specs.ipfs.tech/http-gateways/trustless-gateway/"
        )
    }

    private var onlyIfCached: Bool {
        request.fields.list("Cache-Control", contains: "only-if-cached")
    }

    /// Whether a block is absent, as opposed to a name in a block that is here.
    private func isMissing(_ error: GatewayError) -> Bool {
        error.code == .blockNotFound
    }

    private var notCached: GatewayError {
        GatewayError(
            .preconditionFailed, "\"\(target.shownPath)\" not in local datastore")
    }
}
