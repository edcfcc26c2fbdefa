import Buffers
import HTTP
import HTTPServer

/// What a range can be taken of: the representation, without its bytes.
struct RangedContent {
    let type: String
    let size: UInt64
    let tag: EntityTag
    let lastModified: Int64?
}

/// Byte ranges.
///
/// - Spec: RFC 9110, 14; IPFS Path Gateway, "`Range` (request header)".
extension GatewayExchange {
    /// 200, 206, 400 or 416 for a representation of a known size.
    ///
    /// - Parameters:
    ///   - content: what the 200 would say about it.
    ///   - fields: of the answer so far.
    ///   - body: makes the bytes of a range; called once, unless there is an error.
    func rangedAnswer(
        _ content: RangedContent, _ fields: Fields,
        body: (ByteRange) throws(GatewayError) -> Body
    ) throws(GatewayError) -> Response {
        var fields = fields
        fields.append("Content-Type", content.type)
        fields.append("Accept-Ranges", "bytes")
        switch rangeDecision(content) {
        case .whole:
            return Response(
                .ok, fields: fields, body: try body(ByteRange(offset: 0, count: content.size)))
        case .partial(let ranges):
            let range = ranges[0]
            fields.append("Content-Range", range.contentRange(of: content.size))
            return Response(.partialContent, fields: fields, body: try body(range))
        case .unsatisfiable:
            var error = GatewayError(
                .rangeNotSatisfiable, "invalid range: failed to overlap",
                fields: ["Content-Range": ByteRange.unsatisfiedContentRange(of: content.size)])
            error.fields["X-Ipfs-Roots"] = fields["X-Ipfs-Roots"]
            throw error
        case .malformed:
            throw GatewayError(.badRequest, "invalid range request: invalid range")
        }
    }

    private func rangeDecision(_ content: RangedContent) -> RangeDecision {
        guard let field = request.fields["Range"] else { return .whole }
        let holds = Preconditions.rangeHolds(
            request.fields, tag: content.tag, lastModified: content.lastModified)
        return holds ? RangeDecision(field, size: content.size) : .whole
    }
}

extension Bytes {
    /// The slice that a range names; the range lies inside, because it was decided for this size.
    subscript(range: ByteRange) -> Bytes { self[Int(range.offset)..<Int(range.end)] }
}
