import Buffers
import Content
import HTTP

/// A request that ends with an error: its status and the text for the person behind it.
struct GatewayError: Error {
    let status: Status
    let message: String
    var fields = Fields()
    /// What content work failed with, where it did.
    private(set) var code: ContentError.Code?
    /// What happened, where the message for strangers does not say it.
    private(set) var unsaid: String?

    init(_ status: Status, _ message: String, fields: Fields = Fields()) {
        self.status = status
        self.message = message.shortened(toByteCount: Limits.errorTextBytesMax)
        self.fields = fields
    }

    /// The error for a failure of content work on a path.
    ///
    /// - Parameters:
    ///   - error: what `Content` or a reader below it threw.
    ///   - path: the path as the client sees it; nil where the message stands alone.
    init(_ error: any Error, resolving path: String? = nil) {
        switch error {
        case let error as GatewayError: self = error
        case let error as ContentError: self.init(content: error, path: path)
        case let error as HTTPError: self.init(.badRequest, "\(error)")
        default: self.init(.internalServerError, "\(error)")
        }
    }

    private init(content error: ContentError, path: String?) {
        let isOfPath = [
            .blockNotFound, .linkNotFound, .undecodable, .notUnixFS, .unresolvableName,
        ].contains(error.code)
        let message =
            if isOfPath, let path { "failed to resolve \(path): \(error.message)" } else {
                error.publicMessage
            }
        self.init(Self.status(of: error.code), message)
        code = error.code
        if error.publicMessage != error.message { unsaid = error.message }
        if error.code == .overloaded {
            fields = [
                "Retry-After": "\(Limits.overloadRetrySeconds)", "Cache-Control": "no-store",
            ]
        }
    }

    private static func status(of code: ContentError.Code) -> Status {
        switch code {
        case .invalidPath, .invalidArgument, .rangeOutside: .badRequest
        case .blockNotFound, .linkNotFound: .notFound
        case .unsupportedCodec, .nameOutsideRoot, .nameTooLong, .nameTaken: .notAcceptable
        case .tooMuchWork, .tooMuchMemory: .unprocessableContent
        case .deadlineExceeded: .gatewayTimeout
        case .overloaded: .serviceUnavailable
        default: .internalServerError
        }
    }
}
