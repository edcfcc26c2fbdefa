import Buffers
import Execution
import HTTP
import HTTPClient

/// Calls of the RPC.
extension HTTPClient {
    /// Adds a file.
    ///
    /// - Returns: its CID, once the node has acknowledged it; nil when it was not acknowledged.
    func add(_ contents: Bytes) -> String? {
        let boundary = "holdfast-test-boundary"
        var body = ByteWriter(capacity: contents.count + 300)
        body.append(
            utf8:
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
        )
        body.append(utf8: "Content-Type: application/octet-stream\r\n\r\n")
        body.append(contents)
        body.append(utf8: "\r\n--\(boundary)--\r\n")
        let request = ClientRequest(
            .post, "/api/v0/add?pin=true&progress=false",
            fields: ["Content-Type": "multipart/form-data; boundary=\(boundary)"],
            body: .bytes(body.finish()), deadline: .after(.seconds(30)))
        guard let answer = try? fetch(request, upTo: 1 << 16), answer.status == .ok,
            let text = answer.body.utf8Text, let hash = text.firstRange(of: "\"Hash\":\"")
        else { return nil }
        return String(text[hash.upperBound...].prefix { $0 != "\"" })
    }

    /// Whether a CID has a recursive pin.
    func isPinned(_ cid: String) throws -> Bool {
        let request = ClientRequest(.post, "/api/v0/pin/ls?type=recursive&arg=\(cid)")
        return try fetch(request, upTo: 1 << 16).status == .ok
    }
}
