import Buffers
import HTTP

/// An error that knows its answer. What else a handler throws becomes a plain 500.
package protocol Answerable: Error {
    /// What the client gets.
    var response: Response { get }
}

/// A queue or a budget is full: 503 with `Retry-After`.
package struct Overloaded: Answerable {
    /// What is full, for people.
    package let what: String

    /// When another try is worth while.
    package let retryAfterSeconds: Int

    /// Says what is full.
    ///
    /// - Parameters:
    ///   - what: a noun phrase, such as "the write queue".
    ///   - retryAfterSeconds: at least 1.
    package init(_ what: String, retryAfterSeconds: Int = 1) {
        self.what = what
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var response: Response {
        var response = Response.text(
            .serviceUnavailable, "overloaded: \(what) is full, please try again\n")
        response.fields["Retry-After"] = String(retryAfterSeconds)
        return response
    }
}

/// The exchange has taken longer than is allowed: 408, and the connection ends.
struct DeadlinePassed: Answerable, CustomStringConvertible {
    var description: String { "took longer than is allowed" }

    var response: Response {
        var response = Response.text(
            .requestTimeout, "the request took longer than is allowed\n")
        response.closesConnection = true
        return response
    }
}

/// The body of a request does not keep up the lowest rate: 408, and the connection ends.
struct BodyTooSlow: Answerable {
    var response: Response {
        var response = Response.text(.requestTimeout, "the request body arrives too slowly\n")
        response.closesConnection = true
        return response
    }
}

/// The body of a request did not go on while others waited for what was kept for it: 503, and the
/// connection ends.
struct BodyHeldUpOthers: Answerable {
    var response: Response {
        var response = Response.text(
            .serviceUnavailable,
            "the request body stood still, and others wait for the memory that is kept for it: please "
                + "send it again, without a pause or in parts\n")
        response.fields["Retry-After"] = "1"
        response.closesConnection = true
        return response
    }
}

/// The body of a request is not framed as HTTP wants it: 400, and the connection ends.
struct BadBody: Answerable {
    /// What is wrong, for the client.
    let problem: String

    var response: Response {
        var response = Response.text(.badRequest, problem + "\n")
        response.closesConnection = true
        return response
    }
}

/// A body is longer than what is read of it: 413.
package struct ContentTooLarge: Answerable {
    /// The most that is read, in bytes.
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package var response: Response {
        .text(.contentTooLarge, "the request body is larger than \(limit) bytes\n")
    }
}
