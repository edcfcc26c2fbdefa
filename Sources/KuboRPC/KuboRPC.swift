package import Content
import HTTP
package import HTTPServer

/// The Kubo-compatible RPC: `POST /api/v0/*` on the private listener.
///
/// Has no token check yet: whoever wires it must listen on loopback addresses, Unix sockets or
/// in-process connections only, and must refuse to start on any other address.
/// - Spec: Kubo RPC API v0; exchanges of its clients are in `Tests/Fixtures/kubo-rpc-*.ndjson`.
package struct KuboRPC: Sendable {
    private let library: Library
    private let settings: KuboRPCSettings
    let rules: BrowserRules

    /// Puts the RPC on top of a library.
    ///
    /// - Parameters:
    ///   - library: the node's content.
    ///   - settings: what the node tells about itself.
    package init(library: Library, settings: KuboRPCSettings) {
        self.library = library
        self.settings = settings
        rules = BrowserRules(settings)
    }

    /// Answers everything below `/api/v0/`, whatever the method.
    package var handler: Handler {
        { request in receive(request) }
    }

    private func receive(_ request: Request) -> Reception {
        if let preflight = rules.preflight(request) { return .respond(preflight) }
        let common = commonFields(for: request)
        guard request.method == .post else { return .respond(otherMethod(request.method)) }
        do {
            try rules.check(request)
            let boundary = UploadReceiver.boundary(of: request)
            let call = try Call(request, hasParts: boundary != nil)
            return try receive(call, request, boundary: boundary, common)
        } catch {
            return refuse(RPCError(error), request, common)
        }
    }

    private func receive(
        _ call: Call, _ request: Request, boundary: String?, _ common: Fields
    ) throws -> Reception {
        guard let command = Commands.all[call.spec.name] else { throw RPCError.unknownCommand }
        // Once: the time that the caller allows includes that of the body.
        let invocation = try Invocation(call, of: request, library: library, settings: settings)
        switch command {
        case .query(let run):
            let answer = { (invocation: Invocation) in
                respond(invocation, common) { try run($0) }
            }
            if call.needsArgumentsFromBody, let boundary {
                return .receive(
                    try ArgumentsReceiver(invocation, boundary: boundary, common, answer: answer))
            }
            return .receive(ignoringBody { answer(invocation) })
        case .upload(let makeSink):
            guard let boundary else { throw RPCError.badRequest("a multipart body is required") }
            return .receive(
                try UploadReceiver(
                    makeSink(invocation), boundary: boundary, invocation, common))
        }
    }

    /// Runs a command and makes its answer; a failure before the first byte becomes an error answer.
    private func respond(
        _ invocation: Invocation, _ common: Fields, _ run: (Invocation) throws -> Answer
    ) -> Response {
        var invocation = invocation
        do {
            try invocation.call.waitForTurn(invocation.access)
            let response = try run(invocation).response(common, checking: invocation)
            // What the command had in hand for its answer is gone.
            try response.prepareBody()
            return response
        } catch {
            return RPCError(error).response(common)
        }
    }

    /// Refuses before the body. What is left of a small body is read, so that the connection can
    /// go on.
    private func refuse(_ error: RPCError, _ request: Request, _ common: Fields) -> Reception {
        let response = error.response(common)
        let isSmall = request.contentLength.map { $0 <= Limits.ignoredBodyBytesMax } ?? false
        return isSmall ? .receive(ignoringBody { response }) : .respond(response)
    }

    /// For a body that means nothing for the command.
    private func ignoringBody(_ answer: @escaping () throws -> Response) -> IgnoringReceiver {
        IgnoringReceiver(byteCountMax: Limits.ignoredBodyBytesMax, answer: answer)
    }

    private func otherMethod(_ method: Method) -> Response {
        var response =
            method == .options
            ? Response(.noContent) : Response.text(.methodNotAllowed, "405 - Method Not Allowed\n")
        response.fields["Allow"] = "OPTIONS, POST"
        response.fields["Vary"] = "Origin"
        return response
    }

    private func commonFields(for request: Request) -> Fields {
        let exposed = "X-Stream-Output, X-Chunked-Output, X-Content-Length"
        var fields: Fields = [
            "Access-Control-Allow-Headers": exposed,
            "Access-Control-Expose-Headers": exposed,
            "Trailer": "X-Stream-Error",
            "Server": "holdfast/\(settings.version)",
            "Vary": "Origin",
        ]
        fields["Access-Control-Allow-Origin"] = rules.allowedOrigin(of: request)
        return fields
    }
}
