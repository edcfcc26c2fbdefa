import Buffers
import Content
import HTTP
import HTTPServer

/// Blocks of a DAG as a CAR that the client can verify.
///
/// - Spec: IPFS Trustless Gateway, "CAR Responses".
extension GatewayExchange {
    func carAnswer(_ resolution: Resolution) throws(GatewayError) -> Response {
        let parameters = try CARParameters(query: query, accept: choice.parameters)
        let tag = EntityTag(
            "\(target.path.rootText).car.\(parameters.tagHash(of: target.path))", isWeak: true)
        var fields = contentFields(resolution, tag: tag)
        if let location = contentLocation(.car, extra: parameters.fromAccept) {
            fields.append("Content-Location", location)
        }
        if let answer = try conditionalAnswer(fields, tag: tag) { return answer }
        fields.append("Content-Type", parameters.contentType)
        fields.append("Accept-Ranges", "none")
        fields.append("X-Content-Type-Options", "nosniff")
        if let disposition = disposition("attachment", name: archiveName(resolution)) {
            fields.append("Content-Disposition", disposition)
        }
        return try exportAnswer(resolution, parameters, fields)
    }

    private func exportAnswer(
        _ resolution: Resolution, _ parameters: CARParameters, _ fields: Fields
    ) throws(GatewayError) -> Response {
        do {
            let export = try CARExport(
                resolution, in: pathMemory, access: access, options: parameters.exportOptions)
            if isHead {
                return Response(.ok, fields: fields, body: .omitted(length: export.byteCount))
            }
            return Response(
                .ok, fields: fields, body: .source(pulled(export), length: export.byteCount))
        } catch {
            throw GatewayError(error, resolving: target.path.text)
        }
    }

    /// The CID, with the last name behind it where a path leads to the content.
    private func archiveName(_ resolution: Resolution) -> String {
        guard let last = target.path.segments.last else { return "\(target.path.rootText).car" }
        return "\(target.path.rootText)_\(last.displayText).car"
    }
}
