import Buffers
import HTTP
import HTTPServer

/// Answers that send the client elsewhere on this gateway.
///
/// - Spec: RFC 9110, 15.4; the body is that of Go's `http.Redirect`, as Kubo sends it.
enum Redirect {
    /// 301: the address is wrong for good.
    static func movedPermanently(to location: String) -> Response {
        response(.movedPermanently, "Moved Permanently", location)
    }

    /// 302: the address is right, the content is elsewhere for now.
    static func found(to location: String) -> Response { response(.found, "Found", location) }

    private static func response(_ status: Status, _ phrase: String, _ location: String) -> Response
    {
        let location = PercentCoding.encode(location, keeping: .printable)
        let body = "<a href=\"\(HTML.escaped(location))\">\(phrase)</a>.\n\n"
        return Response(
            status, fields: ["Location": location, "Content-Type": "text/html; charset=utf-8"],
            body: .bytes(Bytes(utf8: body)))
    }
}
