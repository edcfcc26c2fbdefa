/// The status of an answer; the reason phrase is only for people.
package struct Status: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Three digits, 100 to 599.
    package let code: Int

    package init(_ code: Int) { self.code = code }
    package init(integerLiteral value: Int) { code = value }

    /// The hundreds: 2 for success, 4 for the client's fault, 5 for ours.
    package var category: Int { code / 100 }

    package var description: String { reason.isEmpty ? "\(code)" : "\(code) \(reason)" }

    package static let ok: Status = 200
    package static let noContent: Status = 204
    package static let partialContent: Status = 206
    package static let movedPermanently: Status = 301
    package static let found: Status = 302
    package static let notModified: Status = 304
    package static let badRequest: Status = 400
    package static let forbidden: Status = 403
    package static let notFound: Status = 404
    package static let methodNotAllowed: Status = 405
    package static let notAcceptable: Status = 406
    package static let requestTimeout: Status = 408
    package static let preconditionFailed: Status = 412
    package static let contentTooLarge: Status = 413
    package static let uriTooLong: Status = 414
    package static let rangeNotSatisfiable: Status = 416
    package static let expectationFailed: Status = 417
    package static let unprocessableContent: Status = 422
    package static let tooManyRequests: Status = 429
    package static let headerFieldsTooLarge: Status = 431
    package static let internalServerError: Status = 500
    package static let notImplemented: Status = 501
    package static let serviceUnavailable: Status = 503
    package static let gatewayTimeout: Status = 504

    /// The phrase of RFC 9110, or nothing for a status that has none there.
    package var reason: String {
        switch code {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 451: "Unavailable For Legal Reasons"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 507: "Insufficient Storage"
        default: ""
        }
    }
}
