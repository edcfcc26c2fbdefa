import Buffers
import Content
import HTTP
import HTTPServer
import Multiformats
import UnixFS

/// The fields that answers of several kinds share.
///
/// - Spec: IPFS Path Gateway, "Response Headers".
extension GatewayExchange {
    static let immutableCaching = "public, max-age=29030400, immutable"
    static let pageCaching = "public, max-age=604800, stale-while-revalidate=2678400"

    /// The path as asked, its last slash kept, as far as it may stand in a field.
    var pathField: String {
        let path = target.path.segments.reduce(into: "/ipfs/" + target.path.rootText) {
            $0 += "/" + FieldText.of($1)
        }
        return path + (target.hasTrailingSlash ? "/" : "")
    }

    /// The CID that each segment ends in; nil where that would be too long a field.
    func rootsField(_ resolution: Resolution) -> String? {
        let root = target.path.root
        // A CID of version 0 has one text, and base58 takes longer than the rest of the head.
        let first = root.version == .v0 ? target.path.rootText : root.text()
        let later = resolution.roots.dropFirst().map { $0.text() }
        let text = ([first] + later).joined(separator: ",")
        return text.utf8.count <= Limits.rootsFieldBytesMax ? text : nil
    }

    /// The fields of an error that is known only when the whole path is.
    func rootsFields(_ resolution: Resolution) -> Fields {
        var fields = Fields()
        fields["X-Ipfs-Roots"] = rootsField(resolution)
        return fields
    }

    /// The CID of what is served as its author wrote it, where the author wrote it.
    func tagText(_ resolution: Resolution) -> String {
        resolution.roots.count == 1 && resolution.cid.multihash == target.path.root.multihash
            && resolution.cid.codec == target.path.root.codec
            ? target.path.rootText : resolution.cid.text()
    }

    /// Etag, caching, path and roots of a success.
    func contentFields(
        _ resolution: Resolution, tag: EntityTag, caching: String = immutableCaching
    ) -> Fields {
        var fields = Fields()
        fields.append("Etag", tag.description)
        fields.append("Cache-Control", caching)
        fields.append("X-Ipfs-Path", pathField)
        fields["X-Ipfs-Roots"] = rootsField(resolution)
        return fields
    }

    /// 304 or 412 where the conditions of the request say so, before any content is read.
    ///
    /// - Parameters:
    ///   - fields: what the 200 would carry.
    ///   - tag: its entity tag.
    ///   - alternatives: further tags that `If-None-Match` may name.
    ///   - lastModified: seconds since 1970, if known.
    func conditionalAnswer(
        _ fields: Fields, tag: EntityTag, alternatives: [EntityTag] = [], lastModified: Int64? = nil
    ) throws(GatewayError) -> Response? {
        let outcome = Preconditions.evaluate(
            request.fields, method: request.method, tag: tag, alternatives: alternatives,
            lastModified: lastModified)
        switch outcome {
        case .proceed: return nil
        case .failed:
            throw GatewayError(.preconditionFailed, "the content does not match If-Match")
        case .notModified:
            var kept = Fields()
            for field in fields
            where ["Etag", "Cache-Control", "X-Ipfs-Path", "Content-Location"].contains(field.name)
            {
                kept.append(field.name, field.value)
            }
            return Response(.notModified, fields: kept)
        }
    }

    /// `Content-Location` names the cacheable URL where `Accept` chose the form.
    func contentLocation(_ format: ResponseFormat, extra: [(String, String)] = []) -> String? {
        guard choice.isFromAccept else { return nil }
        var items = query.filter { $0.name != "format" }.map { ($0.name, $0.value) }
        items.append(("format", format.rawValue))
        for (name, value) in extra where !query.contains(name) { items.append((name, value)) }
        let text = items.sorted { $0.0 < $1.0 }.map { name, value in
            "\(PercentCoding.encode(name, keeping: .unreserved))=\(PercentCoding.encode(value, keeping: .unreserved))"
        }
        return PercentCoding.encode(target.urlPath, keeping: .printable) + "?"
            + text.joined(separator: "&")
    }

    /// `Content-Disposition` for an answer that is a download, or that was asked to be one.
    ///
    /// - Parameters:
    ///   - kind: what it is without a wish of the client; nil for no field.
    ///   - name: the file name without a wish of the client.
    func disposition(_ kind: String?, name: String) -> String? {
        let filename = query["filename"].flatMap { $0.isEmpty ? nil : $0 }
        let isDownload = query["download"] == "true"
        guard let kind = isDownload ? "attachment" : kind ?? filename.map({ _ in "inline" }) else {
            return nil
        }
        let shown = (filename ?? name).shortened(toByteCount: Limits.dispositionNameBytesMax)
        return ContentDisposition.value(kind, filename: shown)
    }
}
