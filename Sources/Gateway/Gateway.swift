package import Content
import HTTP
package import HTTPServer

/// The HTTP gateway: `/ipfs/{cid}/{path}` as files and folders for browsers, and as verifiable blocks
/// and CARs for other nodes and light clients.
///
/// The order of the steps in `answer` decides what a request gets that is wrong in two ways, and
/// clients know it: `TranscriptTests` compare it with Kubo's.
///
/// - Spec: IPFS Path Gateway; IPFS Trustless Gateway.
package struct Gateway: Sendable {
    let library: Library
    let settings: GatewaySettings
    let sniffedTypes = SniffedTypes()
    private let slots: RequestSlots

    /// Puts a gateway on top of the content of a node.
    package init(library: Library, settings: GatewaySettings = GatewaySettings()) {
        self.library = library
        self.settings = settings
        slots = RequestSlots(limit: settings.concurrentRequestsMax)
    }

    /// What the public listener calls for every path that no other surface claims.
    package var handler: Handler {
        { request in .respond(answer(request)) }
    }

    private func answer(_ request: Request) -> Response {
        var response: Response
        do throws(GatewayError) {
            response = try admitted(request)
        } catch {
            response = ErrorAnswer.response(to: error, request)
            if let unsaid = error.unsaid {
                settings.errorLog?("\(request.method) \(request.path): \(unsaid)")
            }
        }
        CORSFields.add(to: &response.fields)
        for field in settings.fields { response.fields[field.name] = field.value }
        return response
    }

    private func admitted(_ request: Request) throws(GatewayError) -> Response {
        guard let slot = slots.take() else {
            throw GatewayError(
                .tooManyRequests,
                "Too many requests. Please retry after \(Limits.retryAfterSeconds) seconds.",
                fields: [
                    "Retry-After": "\(Limits.retryAfterSeconds)", "Cache-Control": "no-store",
                ])
        }
        if request.method == .options {
            return Response(.ok, fields: ["Allow": "GET, HEAD, OPTIONS"])
        }
        guard request.method == .get || request.method == .head else {
            throw GatewayError(
                .methodNotAllowed, "Method \(request.method) not allowed: read only access",
                fields: ["Allow": "GET, HEAD, OPTIONS"])
        }
        return try routed(request, slot)
    }

    private func routed(_ request: Request, _ slot: RequestSlot) throws(GatewayError) -> Response {
        let path = request.path
        if let redirect = try NamespaceRedirect.response(to: request) { return redirect }
        if ["/ipfs", "/ipns"].contains(where: { Self.leads(path, below: $0) }) {
            return try GatewayExchange(request, gateway: self, slot: slot).preparedAnswer()
        }
        if path == "/", let target = settings.rootRedirect { return Redirect.found(to: target) }
        throw GatewayError(.notFound, "404 page not found")
    }

    private static func leads(_ path: String, below namespace: String) -> Bool {
        guard path.utf8.starts(with: namespace.utf8) else { return false }
        let rest = path.utf8.dropFirst(namespace.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}
