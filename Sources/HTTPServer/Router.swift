import HTTP

/// Chooses a handler by method and path: the first line of the table that fits.
///
/// A path that is there with other methods only is answered with 405 and `Allow`; no path at all
/// with 404.
package struct Router: Sendable {
    private let routes: [Route]
    private let notFound: Handler

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - routes: the lines, the most specific first.
    ///   - notFound: answers when no line has the path.
    package init(_ routes: [Route], notFound: @escaping Handler = Router.plainNotFound) {
        self.routes = routes
        self.notFound = notFound
    }

    /// The table as a handler for a listener.
    package var handler: Handler {
        { request in try handle(request) }
    }

    /// 404 with a plain text.
    package static let plainNotFound: Handler = { _ in
        .respond(.text(.notFound, "404 page not found\n"))
    }

    private func handle(_ request: Request) throws -> Reception {
        let path = request.path
        var isKnown = false
        for route in routes where route.matches(path) {
            if route.allows(request.method) { return try route.handler(request) }
            isKnown = true
        }
        return isKnown ? methodNotAllowed(path) : try notFound(request)
    }

    private func methodNotAllowed(_ path: String) -> Reception {
        var allowed: [String] = []
        for method in routes.lazy.filter({ $0.matches(path) }).flatMap({ $0.methods ?? [] })
        where !allowed.contains(method.rawValue) {
            allowed.append(method.rawValue)
        }
        var response = Response.text(.methodNotAllowed, "405 method not allowed\n")
        response.fields["Allow"] = allowed.joined(separator: ", ")
        return .respond(response)
    }
}
