import Buffers
import HTTP
import HTTPServer

/// Errors as text, or as a small page where the client would like one.
///
/// - Spec: IPFS Path Gateway, "Response Status Codes".
enum ErrorAnswer {
    static func response(to error: GatewayError, _ request: Request) -> Response {
        let wantsPage = request.fields["Accept"]?.contains("text/html") ?? false
        var response = wantsPage ? page(error) : Response.text(error.status, error.message + "\n")
        response.fields["X-Content-Type-Options"] = "nosniff"
        for field in error.fields { response.fields[field.name] = field.value }
        return response
    }

    private static func page(_ error: GatewayError) -> Response {
        let title = HTML.escaped("\(error.status)")
        let page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(title)</title>\
            <meta name="viewport" content="width=device-width,initial-scale=1">\
            <style>\(PageStyle.text)</style></head><body><main><h1>\(title)</h1>\
            <p>\(HTML.escaped(PrintableName.forTerminal(error.message)))</p><p>\(HTML.escaped(advice(error.status)))</p>\
            </main></body></html>

            """
        return Response(
            error.status, fields: ["Content-Type": "text/html; charset=utf-8"],
            body: .bytes(Bytes(utf8: page)))
    }

    private static func advice(_ status: Status) -> String {
        switch status {
        case .badRequest: "Check the address: something in it cannot be understood."
        case .notFound: "This node does not have it. Check the address, or ask another gateway."
        case .tooManyRequests, .serviceUnavailable, .gatewayTimeout:
            "The node is busy. Try again in a moment."
        default: "The answer depends on the content or the node; trying again may not help."
        }
    }
}
