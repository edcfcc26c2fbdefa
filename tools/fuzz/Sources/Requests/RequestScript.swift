import Buffers
import HTTP

/// Requests as they stand on the wire, one behind the other: a find in this form stays the same find
/// when the generator changes.
struct RequestScript {
    let requests: [HostileRequest]

    /// Reads messages until one is not complete; what follows is left out.
    init(_ bytes: Bytes) {
        var rest = bytes
        var requests: [HostileRequest] = []
        while requests.count < 100, let request = Self.next(&rest) { requests.append(request) }
        self.requests = requests
    }

    /// The messages of requests.
    ///
    /// - Returns: without those whose target is none, which never reach a handler.
    static func bytes(of requests: [HostileRequest]) -> Bytes {
        var writer = ByteWriter()
        for request in requests
        where (try? RequestTarget(parsing: request.target, method: request.method)) != nil {
            writer.append(utf8: "\(request.method) \(request.target) HTTP/1.1\r\n")
            for field in request.fields where field.name != "Content-Length" {
                writer.append(utf8: "\(field.name): \(field.value)\r\n")
            }
            if !request.body.isEmpty {
                writer.append(utf8: "Content-Length: \(request.body.count)\r\n")
            }
            writer.append(utf8: "\r\n")
            writer.append(request.body)
        }
        return writer.finish()
    }

    private static func next(_ rest: inout Bytes) -> HostileRequest? {
        guard let line = line(&rest), let blank = line.firstIndex(of: " "),
            let last = line.lastIndex(of: " "), blank < last
        else { return nil }
        let target = String(line[line.index(after: blank)..<last])
        var request = HostileRequest(
            target.hasPrefix("/api/v0/") ? .rpc : .gateway,
            HTTP.Method(rawValue: String(line[..<blank])), target)
        while let field = Self.line(&rest), !field.isEmpty {
            let parts = field.split(separator: ":", maxSplits: 1).map {
                String(String($0).trimmingBlanks)
            }
            if parts.count == 2 { request.fields.append(parts[0], parts[1]) }
        }
        let count = request.fields["Content-Length"].flatMap { Int($0) } ?? 0
        request.body = rest.prefix(max(0, count))
        rest = rest.dropFirst(request.body.count)
        return request
    }

    /// The next line as scalars, without its end.
    private static func line(_ rest: inout Bytes) -> String? {
        var end = 0
        while end + 1 < rest.count {
            if rest[end] == 0x0D, rest[end + 1] == 0x0A {
                defer { rest = rest.dropFirst(end + 2) }
                return String(decoding: rest.prefix(end).array, as: UTF8.self)
            }
            end += 1
        }
        return nil
    }
}
