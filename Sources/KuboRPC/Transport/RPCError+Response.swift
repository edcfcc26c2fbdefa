import Content
import HTTP
import HTTPServer
import JSON

extension RPCError {
    /// Puts what any module threw into words for the client.
    init(_ error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as AnsweredError: self = error.error
        case let error as Overloaded:
            self.init(
                code: .unavailable,
                message: "overloaded: \(error.what) is full, please try again")
        case let error as HTTPError:
            // The multipart body is malformed or cut off.
            self = .badRequest("\(error)")
        case let error as ContentError where error.code == .deadlineExceeded:
            self = .deadlineExceeded
        case let error as ContentError where error.code == .overloaded:
            self.init(code: .unavailable, message: error.message)
        default: self = .failed("\(error)")
        }
    }

    /// The error as an answer.
    ///
    /// - Parameter common: fields of every answer.
    /// - Returns: text for wrong requests, JSON for failed commands.
    func response(_ common: Fields) -> Response {
        switch code {
        case .badRequest: text(.badRequest, common)
        case .forbidden: text(.forbidden, common)
        case .unknownCommand: text(.notFound, common)
        case .failed: value(.internalServerError, common)
        case .client: value(.badRequest, common)
        case .unavailable: value(.serviceUnavailable, common)
        }
    }

    private func text(_ status: Status, _ common: Fields) -> Response {
        var response = Response.text(status, message + "\n")
        for name in ["Access-Control-Allow-Origin", "Vary"] {
            response.fields[name] = common[name]
        }
        return response
    }

    private func value(_ status: Status, _ common: Fields) -> Response {
        var fields = common
        fields["Content-Type"] = "application/json"
        if code == .unavailable { fields["Retry-After"] = "1" }
        return Response(status, fields: fields, body: .bytes(json.line))
    }
}

/// An error with its answer, for throwing out of a body receiver.
struct AnsweredError: Answerable {
    let error: RPCError
    let common: Fields

    init(_ error: any Error, _ common: Fields) {
        self.error = RPCError(error)
        self.common = common
    }

    var response: Response { error.response(common) }
}
