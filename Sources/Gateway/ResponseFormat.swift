import HTTP

/// The forms in which content can be asked for explicitly.
///
/// - Spec: IPFS Path Gateway, "`Accept` (request header)" and "`format`"; IPIP-523.
enum ResponseFormat: String, CaseIterable, Sendable {
    case raw, car, tar, json, cbor
    case dagJSON = "dag-json"
    case dagCBOR = "dag-cbor"
    case ipnsRecord = "ipns-record"

    /// The media type that asks for it and names it in the answer.
    var mediaType: String {
        switch self {
        case .raw: "application/vnd.ipld.raw"
        case .car: "application/vnd.ipld.car"
        case .tar: "application/x-tar"
        case .json: "application/json"
        case .cbor: "application/cbor"
        case .dagJSON: "application/vnd.ipld.dag-json"
        case .dagCBOR: "application/vnd.ipld.dag-cbor"
        case .ipnsRecord: "application/vnd.ipfs.ipns-record"
        }
    }
}

/// Which form a request asks for, and how it said so.
struct FormatChoice: Sendable {
    /// Nil for "as a browser would want it".
    let format: ResponseFormat?
    /// The parameters of the media type in `Accept` that names the chosen format.
    let parameters: Parameters?
    /// Whether `Accept` decided, and not `?format=`.
    let isFromAccept: Bool
    /// Whether the client would like a page.
    let acceptsHTML: Bool

    /// Decides.
    ///
    /// - Throws: 400 for an `Accept` that does not parse or names only unknown IPLD types.
    init(query: QueryItems, accept field: String?) throws(GatewayError) {
        if field == nil, query.isEmpty {
            self.init(format: nil, parameters: nil, isFromAccept: false, acceptsHTML: false)
            return
        }
        let accept: Accept
        do {
            accept = try Accept(parsing: field)
        } catch {
            throw GatewayError(
                .badRequest, "error while processing the Accept header: \(error.message)")
        }
        let acceptsHTML = accept.byQuality.contains { $0.mediaType.essence == "text/html" }
        if let named = query["format"].flatMap(ResponseFormat.init(rawValue:)) {
            let element = accept.elements.first { $0.mediaType.essence == named.mediaType }
            self.init(
                format: named, parameters: element?.mediaType.parameters, isFromAccept: false,
                acceptsHTML: acceptsHTML)
            return
        }
        let chosen = try Self.choose(accept)
        self.init(
            format: chosen?.format, parameters: chosen?.parameters, isFromAccept: chosen != nil,
            acceptsHTML: acceptsHTML)
    }

    private init(
        format: ResponseFormat?, parameters: Parameters?, isFromAccept: Bool, acceptsHTML: Bool
    ) {
        self.format = format
        self.parameters = parameters
        self.isFromAccept = isFromAccept
        self.acceptsHTML = acceptsHTML
    }

    private static func choose(
        _ accept: Accept
    ) throws(GatewayError) -> (format: ResponseFormat, parameters: Parameters)? {
        var isUnknownNamed = false
        for element in accept.byQuality {
            let essence = element.mediaType.essence
            if let format = ResponseFormat.allCases.first(where: { $0.mediaType == essence }) {
                return (format, element.mediaType.parameters)
            }
            // A page that is wanted more than any explicit form means no explicit form.
            if essence == "text/html" { return nil }
            isUnknownNamed =
                isUnknownNamed || essence.hasPrefix("application/vnd.ipld.")
                || essence.hasPrefix("application/vnd.ipfs.")
        }
        if isUnknownNamed {
            throw GatewayError(.badRequest, "unsupported response format requested")
        }
        return nil
    }
}
