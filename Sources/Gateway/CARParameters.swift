import Buffers
import Content
import HTTP

/// What a request says about the CAR that it wants.
///
/// - Spec: IPFS Trustless Gateway, "Request Query Parameters"; IPIP-402 and IPIP-412.
struct CARParameters: Sendable {
    var scope = CARExport.Scope.all
    var span: ByteSpan?
    /// `dfs`, or `unk`, which is answered in the same order and repeated in the type.
    var order = "dfs"
    var sendsDuplicates = false
    /// Parameters that came by `Accept` and belong into the cacheable URL.
    private(set) var fromAccept: [(String, String)] = []

    /// Reads the query, and the parameters of the media type where the query is silent.
    ///
    /// - Throws: 400 with Kubo's texts.
    init(query: QueryItems, accept: Parameters?) throws(GatewayError) {
        if let text = query["dag-scope"] {
            guard let scope = CARExport.Scope(rawValue: text) else {
                throw Self.unsupported("scope parameter")
            }
            self.scope = scope
        }
        if let text = query["entity-bytes"] {
            span = try Self.span(text)
            // A span is one of an entity, whatever scope was named.
            scope = .entity
        }
        try readVersion(query, accept)
        try readOrder(query, accept)
        try readDuplicates(query, accept)
    }

    /// The options of the export.
    var exportOptions: CARExport.Options {
        var options = CARExport.Options()
        options.scope = scope
        options.span = span
        options.sendsDuplicates = sendsDuplicates
        return options
    }

    /// The exact `Content-Type` of the answer.
    var contentType: String {
        "application/vnd.ipld.car; version=1; order=\(order); dups=\(sendsDuplicates ? "y" : "n")"
    }

    /// What changes the bytes of the CAR, hashed as Kubo does it.
    func tagHash(of path: ContentPath) -> String {
        var writer = ByteWriter()
        writer.append(path.bytes)
        if scope != .all { writer.append(utf8: "\0scope=\(scope.rawValue)") }
        if order != "dfs" { writer.append(utf8: "\0order=\(order)") }
        if sendsDuplicates { writer.append(utf8: "\0dups=y") }
        if let span, span != .all {
            writer.append(utf8: "\0range=")
            writer.appendLittleEndian(UInt64(bitPattern: span.from))
            if let to = span.to { writer.appendLittleEndian(UInt64(bitPattern: to)) }
        }
        return XXH64.text(of: writer.finish())
    }

    private mutating func readVersion(
        _ query: QueryItems, _ accept: Parameters?
    ) throws(GatewayError) {
        guard let version = value("car-version", "version", query, accept) else { return }
        guard version == "1" else { throw Self.unsupported("version: only version=1 is supported") }
    }

    private mutating func readOrder(
        _ query: QueryItems, _ accept: Parameters?
    ) throws(GatewayError) {
        guard let order = value("car-order", "order", query, accept) else { return }
        guard order == "dfs" || order == "unk" else { throw Self.unsupported("order parameter") }
        self.order = order
    }

    private mutating func readDuplicates(
        _ query: QueryItems, _ accept: Parameters?
    ) throws(GatewayError) {
        guard let duplicates = value("car-dups", "dups", query, accept) else { return }
        guard duplicates == "y" || duplicates == "n" else {
            throw Self.unsupported("dups parameter")
        }
        sendsDuplicates = duplicates == "y"
    }

    /// The query's value, else that of the media type, which is then remembered.
    private mutating func value(
        _ queryName: String, _ parameterName: String, _ query: QueryItems, _ accept: Parameters?
    ) -> String? {
        if let value = query[queryName] { return value }
        guard let value = accept?[parameterName] else { return nil }
        fromAccept.append((queryName, value))
        return value
    }

    private static func span(_ text: String) throws(GatewayError) -> ByteSpan {
        let name = "invalid application/vnd.ipld.car entity-bytes URL parameter"
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw GatewayError(
                .badRequest, "\(name): range must have two numbers separated with ':'")
        }
        guard let from = Int64(parts[0]), parts[1] == "*" || Int64(parts[1]) != nil else {
            throw GatewayError(.badRequest, "\(name): \"\(text)\" does not have two numbers")
        }
        guard let to = Int64(parts[1]) else { return ByteSpan(from: from, to: nil) }
        if (from < 0) == (to < 0), from > to {
            throw GatewayError(
                .badRequest, "\(name): cannot have an entity-bytes range where 'from' is after 'to'"
            )
        }
        return ByteSpan(from: from, to: to)
    }

    private static func unsupported(_ what: String) -> GatewayError {
        GatewayError(.badRequest, "unsupported application/vnd.ipld.car \(what)")
    }
}
