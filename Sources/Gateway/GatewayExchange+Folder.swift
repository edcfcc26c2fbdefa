import Buffers
import Content
import HTTP
import HTTPServer
import IPLD
import Multiformats
import UnixFS

/// Folders: redirect to the slash, `index.html`, or a page.
///
/// - Spec: IPFS Path Gateway, "Use in directory URL normalization" and "Generated HTML with
///   directory index".
extension GatewayExchange {
    static let indexName = Bytes(utf8: "index.html")

    /// Whether the address is one at which a folder is shown.
    var showsFolder: Bool { target.hasTrailingSlash || query["go-get"] == "1" }

    /// - Parameters:
    ///   - metadata: of the folder.
    ///   - index: the entry `index.html`, if there is one.
    ///   - reader: holds nothing, and nor does the caller: other blocks may have to be waited for.
    func folderAnswer(
        _ resolution: Resolution, metadata: UnixFSMetadata, index: DirectoryEntry?,
        from reader: BlockReader
    ) throws(GatewayError) -> Response {
        guard showsFolder else { return slashRedirect(resolution) }
        if let index { return try indexAnswer(index, resolution, from: reader) }
        return try pageAnswer(resolution, metadata: metadata, from: reader)
    }

    /// Relative links in a folder only work when its address ends in a slash.
    private func slashRedirect(_ resolution: Resolution) -> Response {
        let location = target.encodedPath + "/" + (target.query.map { "?" + $0 } ?? "")
        var response = Redirect.movedPermanently(to: location)
        response.fields["X-Ipfs-Path"] = pathField
        response.fields["X-Ipfs-Roots"] = rootsField(resolution)
        return response
    }

    /// The entry `index.html` of a sharded folder, nil where there is none.
    func index(of folder: CID) throws(GatewayError) -> DirectoryEntry? {
        do {
            return try PathResolver(access).entry(named: Self.indexName, in: folder)
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    /// - Parameter isLookedThrough: whether it was found to be as empty as it says.
    private func indexAnswer(
        _ index: DirectoryEntry, _ resolution: Resolution, from reader: BlockReader,
        isLookedThrough: Bool = false
    ) throws(GatewayError) -> Response {
        do {
            let (block, node) = try openIndex(index.cid, resolution, reader)
            if isLookedThrough || !saysThatItIsEmpty(node) {
                return try fileAnswer(
                    file: block, node: node, from: reader, resolution,
                    tag: EntityTag(tagText(resolution)),
                    name: "index.html")
            }
        }
        // Nobody waits for its parts while he holds the root.
        reader.release()
        try checkEmpty(index.cid)
        return try indexAnswer(index, resolution, from: reader, isLookedThrough: true)
    }

    private func openIndex(
        _ index: CID, _ resolution: Resolution, _ reader: BlockReader
    ) throws(GatewayError) -> (block: Block, node: UnixFSNode) {
        let block = try block(index, from: reader)
        let node: UnixFSNode
        do {
            node = try UnixFSNode.read(block)
        } catch {
            throw GatewayError(error, resolving: target.path.text + "/index.html")
        }
        switch node {
        case .raw, .file: return (block, node)
        default:
            throw GatewayError(
                .unprocessableContent, "index.html could not be read: not a file",
                fields: rootsFields(resolution))
        }
    }

    private func pageAnswer(
        _ resolution: Resolution, metadata: UnixFSMetadata, from reader: BlockReader
    ) throws(GatewayError) -> Response {
        let cid = tagText(resolution)
        let tag = EntityTag("DirIndex-\(FolderPage.version)_CID-\(cid)")
        var fields = contentFields(resolution, tag: tag, caching: Self.pageCaching)
        if let answer = try conditionalAnswer(fields, tag: tag, alternatives: [EntityTag(cid)]) {
            return answer
        }
        fields.append("Content-Type", "text/html")
        if isHead {
            return Response(.ok, fields: fields, body: .omitted(length: nil))
        }
        let body = try pageBody(of: resolution.cid, tagText: cid, metadata, from: reader)
        return Response(.ok, fields: fields, body: .source(body, length: nil))
    }

    private func pageBody(
        of folder: CID, tagText: String, _ metadata: UnixFSMetadata, from reader: BlockReader
    ) throws(GatewayError) -> FolderPageBody {
        do {
            let entries = try FolderEntries(of: folder, from: reader, access: access)
            let page = FolderPage(
                path: target, cid: tagText, metadata: metadata, isSorted: entries.isSorted)
            return FolderPageBody(
                page: page, entries: entries, access: access, slot: slot)
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }
}
