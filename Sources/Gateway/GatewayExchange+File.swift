import Buffers
import Content
import HTTP
import HTTPServer
import IPLD
import Multiformats
import UnixFS

/// Files and raw blocks.
///
/// - Spec: IPFS Path Gateway, "Response Payload".
extension GatewayExchange {
    func fileAnswer(
        _ resolution: Resolution, block: Block, node: UnixFSNode, from reader: BlockReader
    ) throws(GatewayError) -> Response {
        try fileAnswer(
            file: block, node: node, from: reader, resolution,
            tag: EntityTag(tagText(resolution)),
            name: fileName)
    }

    /// The name whose extension gives the type.
    private var fileName: String? {
        query["filename"] ?? target.path.segments.last?.displayText
    }

    /// - Parameters:
    ///   - file: its root block; for a folder with an index not what the path leads to.
    ///   - node: the same, understood.
    ///   - reader: has read it.
    ///   - resolution: the path.
    ///   - tag: of the answer.
    ///   - name: whose extension gives the type; nil where only the bytes can.
    func fileAnswer(
        file: Block, node: UnixFSNode, from reader: BlockReader, _ resolution: Resolution,
        tag: EntityTag, name: String?
    ) throws(GatewayError) -> Response {
        var fields = contentFields(resolution, tag: tag)
        let modified = node.metadata.mtime?.seconds
        if let modified { fields.append("Last-Modified", "\(HTTPDate(seconds: modified))") }
        if let location = contentLocationOfFile { fields.append("Content-Location", location) }
        if let disposition = disposition(nil, name: target.lastName) {
            fields.append("Content-Disposition", disposition)
        }
        if let answer = try conditionalAnswer(fields, tag: tag, lastModified: modified) {
            return answer
        }
        let type = contentType(of: file, node: node, name: name)
        return try rangedAnswer(
            RangedContent(type: type, size: size(of: node), tag: tag, lastModified: modified),
            fields
        ) { range throws(GatewayError) in
            try body(of: file, node: node, range: range, from: reader)
        }
    }

    /// A link is not followed: its text is the answer.
    func symlinkAnswer(
        _ resolution: Resolution, _ link: SymlinkNode
    ) throws(GatewayError) -> Response {
        let tag = EntityTag(tagText(resolution))
        var fields = contentFields(resolution, tag: tag)
        if let answer = try conditionalAnswer(fields, tag: tag) { return answer }
        fields.append("Content-Type", "inode/symlink")
        fields.append("Accept-Ranges", "bytes")
        return Response(.ok, fields: fields, body: .bytes(link.target))
    }

    private var contentLocationOfFile: String? {
        choice.format == .json ? contentLocation(.json) : nil
    }

    private func size(of node: UnixFSNode) -> UInt64 {
        switch node {
        case .raw(let bytes): UInt64(bytes.count)
        case .file(let file): file.byteCount
        default: 0
        }
    }

    /// Whether the type of the file that the path leads to has to be found in its bytes.
    func needsType(of file: CID) -> Bool {
        fileName.flatMap(ContentTypes.type(ofFileNamed:)) == nil
            && gateway.sniffedTypes[file] == nil
    }

    /// Finds the type of a file of several blocks in its first bytes, however small the pieces are in
    /// which it is stored. Where they are not here, or no file, there is no type: that is told when the
    /// content is read, and a range behind them is sent all the same.
    ///
    /// - Throws: what ends the request, and errors of the store: an answer is cached for good, and would
    ///   keep the wrong type for as long.
    func findType(of file: CID) throws(GatewayError) {
        do {
            let range = 0..<UInt64(Limits.sniffBytesMax)
            var stream = try FileStream(
                file, range: range, checksEmptyParts: false, access: access)
            // Copied, so that no piece is held while the stream waits for the next one.
            var gathered = ByteWriter(capacity: Limits.sniffBytesMax)
            while let piece = try stream.next() { gathered.append(piece.bytes) }
            let start = gathered.finish()
            gateway.sniffedTypes[file] = ContentSniffer.type(
                of: start, isWhole: UInt64(start.count) == stream.size)
        } catch {
            guard error.endsRequest || error.code == .storage else { return }
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    private func contentType(of file: Block, node: UnixFSNode, name: String?) -> String {
        if let type = name.flatMap(ContentTypes.type(ofFileNamed:)) { return type }
        if let type = gateway.sniffedTypes[file.cid] { return type }
        guard let whole = wholeContent(of: node) else { return "application/octet-stream" }
        let type = ContentSniffer.type(
            of: whole.prefix(Limits.sniffBytesMax), isWhole: whole.count <= Limits.sniffBytesMax)
        gateway.sniffedTypes[file.cid] = type
        return type
    }

    /// The bytes of a file that is one block.
    private func wholeContent(of node: UnixFSNode) -> Bytes? {
        switch node {
        case .raw(let bytes): bytes
        case .file(let file) where file.partCount == 0: file.data
        default: nil
        }
    }

    /// Whether a file with parts says that it is empty.
    func saysThatItIsEmpty(_ node: UnixFSNode) -> Bool {
        if case .file(let file) = node { file.partCount > 0 && file.byteCount == 0 } else { false }
    }

    /// A file with parts that says that it is empty is looked through before it is believed: parts of it may
    /// say otherwise, and an empty answer cannot break off. Who calls this holds no block.
    func checkEmpty(_ file: CID) throws(GatewayError) {
        do {
            var stream = try FileStream(file, access: access)
            while try stream.next() != nil {}
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    private func body(
        of file: Block, node: UnixFSNode, range: ByteRange, from reader: BlockReader
    ) throws(GatewayError) -> Body {
        if isHead { return .omitted(length: range.count) }
        if range.count == 0 { return .bytes(.empty) }
        if range.count <= Limits.wholeAnswerBytesMax, let whole = wholeContent(of: node) {
            return .bytes(whole[range])
        }
        do {
            let stream = try FileStream(file, range: range.offset..<range.end, from: reader)
            return .source(pulled(stream), length: range.count)
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }
}
