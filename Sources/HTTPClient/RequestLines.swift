import HTTP

/// What stands in the head of a request, checked and ready for libcurl.
struct RequestLines {
    let target: String
    let lines: [String]

    init(_ request: ClientRequest, endpoint: Endpoint) throws(HTTPClientError) {
        target = endpoint.basePath + request.target
        guard target.utf8.first == UInt8(ascii: "/") || target == "*",
            target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "#") })
        else {
            throw HTTPClientError(
                .badRequest,
                "the request target must start with / and be percent-encoded: "
                    + String(target.debugDescription.prefix(Limits.shownTextCountMax))
            )
        }
        // C ends a text there, and would go to another place than the one that is shown.
        guard !endpoint.description.utf8.contains(0) else {
            throw HTTPClientError(
                .badRequest, "the address \(endpoint.description.debugDescription) has a NUL in it")
        }
        if let objection = endpoint.objection {
            throw HTTPClientError(.badRequest, "the address cannot be used: \(objection)")
        }
        // An empty value takes the field away that libcurl would send by itself.
        var lines = ["Expect:", "Accept:"]
        if let host = endpoint.hostField, !request.fields.contains("Host") {
            lines.append("Host: \(host)")
        }
        for field in request.fields {
            lines.append(try Self.line(field.name, field.value))
        }
        if case .producer(_, length: .none, _) = request.body {
            lines.append("Transfer-Encoding: chunked")
        }
        self.lines = lines
        try checkByteCount(endpoint)
    }

    /// What is within the limit, libcurl takes.
    private func checkByteCount(_ endpoint: Endpoint) throws(HTTPClientError) {
        let byteCount = lines.reduce(target.utf8.count + endpoint.description.utf8.count) {
            $0 + $1.utf8.count + 2
        }
        guard byteCount <= Limits.requestHeadByteCountMax else {
            throw HTTPClientError(
                .badRequest,
                "the head of the request has \(byteCount) bytes, more than "
                    + "\(Limits.requestHeadByteCountMax): shorten what goes into it")
        }
    }

    private static func line(_ name: String, _ value: String) throws(HTTPClientError) -> String {
        guard name.isToken else {
            throw HTTPClientError(
                .badRequest, "a field's name must be a token: \(name.debugDescription)")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw HTTPClientError(
                .badRequest, "the field \(name) has a control character in its value")
        }
        // libcurl's way to write a field without a value.
        return value.isEmpty ? "\(name);" : "\(name): \(value)"
    }
}
