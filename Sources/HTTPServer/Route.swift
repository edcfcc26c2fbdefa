package import HTTP

/// One line of a router's table: methods, a path, and what answers.
package struct Route: Sendable {
    enum Pattern: Sendable {
        case exact(String)
        case prefix(String)
    }

    let methods: [Method]?
    let pattern: Pattern
    let handler: Handler

    private init(_ methods: [Method]?, _ pattern: Pattern, _ handler: @escaping Handler) {
        self.methods = methods
        self.pattern = pattern
        self.handler = handler
    }

    /// One path, compared as it was sent. GET answers HEAD as well.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: the whole path.
    ///   - handler: what answers.
    /// - Returns: the line.
    package static func exact(
        _ method: Method, _ path: String, _ handler: @escaping Handler
    ) -> Route {
        Route(method == .get ? [.get, .head] : [method], .exact(path), handler)
    }

    /// All paths that begin with a text.
    ///
    /// - Parameters:
    ///   - methods: nil for all: the handler then decides about them itself.
    ///   - prefix: the beginning, usually with a slash at its end.
    ///   - handler: what answers.
    /// - Returns: the line.
    package static func prefix(
        _ prefix: String, methods: [Method]? = nil, _ handler: @escaping Handler
    ) -> Route {
        Route(methods, .prefix(prefix), handler)
    }

    func matches(_ path: String) -> Bool {
        switch pattern {
        case .exact(let exact): path == exact
        case .prefix(let prefix): path.utf8.starts(with: prefix.utf8)
        }
    }

    func allows(_ method: Method) -> Bool { methods?.contains(method) ?? true }
}
