import Buffers
import Content
import HTTP
import HTTPServer

/// A UnixFS tree as a TAR.
///
/// - Spec: IPFS Path Gateway, "Response Payload"; IPIP-288.
extension GatewayExchange {
    func tarAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        try refuseRemainder(resolution)
        let cid = tagText(resolution)
        let tag = EntityTag("\(cid).x-tar", isWeak: true)
        var fields = contentFields(resolution, tag: tag)
        if let location = contentLocation(.tar) { fields.append("Content-Location", location) }
        if let answer = try conditionalAnswer(fields, tag: tag) { return answer }
        fields.append("Content-Type", ResponseFormat.tar.mediaType)
        fields.append("X-Content-Type-Options", "nosniff")
        if let disposition = disposition("attachment", name: "\(cid).tar") {
            fields.append("Content-Disposition", disposition)
        }
        do {
            let export = try TarExport(
                resolution.cid, name: Bytes(utf8: cid), keepsExactTimes: false, access: access)
            if isHead { return Response(.ok, fields: fields, body: .omitted(length: nil)) }
            return Response(.ok, fields: fields, body: .source(pulled(export), length: nil))
        } catch {
            throw tarRefusal(error)
        }
    }

    /// The error where no archive can be made of a tree.
    func tarRefusal(_ error: ContentError) -> GatewayError {
        switch error.code {
        case .nameOutsideRoot:
            GatewayError(
                .notAcceptable,
                "relative UnixFS paths outside the root are not allowed, use CAR instead")
        case .notUnixFS: GatewayError(.notAcceptable, error.message)
        default: GatewayError(error, resolving: target.path.text)
        }
    }
}
