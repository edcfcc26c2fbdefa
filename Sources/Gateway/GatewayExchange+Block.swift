import Buffers
import Content
import HTTP
import HTTPServer
import IPLD
import Multiformats

/// Blocks as they are: `format=raw`, and blocks of codecs other than UnixFS.
///
/// - Spec: IPFS Trustless Gateway, "Block Responses"; IPIP-524.
extension GatewayExchange {
    func rawAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        try refuseRemainder(resolution)
        return try blockAnswer(
            resolution, type: ResponseFormat.raw.mediaType,
            tag: EntityTag(tagText(resolution) + ".raw"),
            disposition: disposition("attachment", name: "\(tagText(resolution)).bin"),
            location: contentLocation(.raw))
    }

    /// A json, cbor, dag-json or dag-cbor block, or one of a codec that only passes through.
    func codecAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        try refuseRemainder(resolution)
        guard let format = try answeredFormat(resolution) else {
            return try blockAnswer(
                resolution, type: "application/octet-stream",
                tag: EntityTag(tagText(resolution)),
                disposition: disposition(nil, name: target.lastName), location: nil)
        }
        let isText = format == .json || format == .dagJSON
        return try blockAnswer(
            resolution, type: format.mediaType,
            tag: EntityTag("\(tagText(resolution)).\(format.rawValue)"),
            disposition: disposition(
                isText ? "inline" : "attachment",
                name: "\(tagText(resolution)).\(isText ? "json" : "cbor")"),
            location: contentLocation(format))
    }

    /// The form in which a block of a codec goes out; nil for codecs without one.
    private func answeredFormat(_ resolution: Resolution) throws(GatewayError) -> ResponseFormat? {
        let forms: [ResponseFormat] =
            switch resolution.cid.codec {
            case .json: [.json]
            case .cbor: [.cbor]
            case .dagJSON: [.dagJSON, .json]
            case .dagCBOR: [.dagCBOR, .cbor]
            default: []
            }
        guard let asked = choice.format else { return forms.first }
        guard forms.contains(asked) else { throw mismatch(asked, resolution) }
        return asked
    }

    private func blockAnswer(
        _ resolution: Resolution, type: String, tag: EntityTag, disposition: String?,
        location: String?
    ) throws(GatewayError) -> Response {
        let reader = access.makeReader()
        let block = try block(resolution.cid, from: reader)
        var fields = contentFields(resolution, tag: tag)
        if let location { fields.append("Content-Location", location) }
        if let answer = try conditionalAnswer(fields, tag: tag) { return answer }
        if let disposition { fields.append("Content-Disposition", disposition) }
        fields.append("X-Content-Type-Options", "nosniff")
        let content = RangedContent(
            type: type, size: UInt64(block.bytes.count), tag: tag, lastModified: nil)
        return try rangedAnswer(content, fields) { range throws(GatewayError) in
            body(of: block, range, from: reader)
        }
    }

    /// A part of a block that was just read.
    func body(of block: Block, _ range: ByteRange, from reader: BlockReader) -> Body {
        if range.count <= Limits.wholeAnswerBytesMax { return .bytes(block.bytes[range]) }
        let pieces = BlockPieces(
            block, range: Int(range.offset)..<Int(range.end), from: reader)
        return .source(pulled(pieces), length: range.count)
    }

    /// 501 where the path goes on inside the block: values are not cut out of blocks.
    func refuseRemainder(_ resolution: Resolution) throws(GatewayError) {
        guard !resolution.remainder.isEmpty else { return }
        let rest = resolution.remainder.map { "/" + $0.displayText }.joined()
        let names = target.path.segmentTexts.dropLast(resolution.remainder.count)
        let blockPath = (["/ipfs", target.path.rootText] + names).joined(separator: "/")
        throw GatewayError(
            .notImplemented,
            "\"\(rest)\" of \"\(target.path.text)\" could not be returned: reading IPLD Kinds other than Links (CBOR Tag 42) is not implemented: try reading \"\(blockPath)\" instead",
            fields: rootsFields(resolution))
    }
}
