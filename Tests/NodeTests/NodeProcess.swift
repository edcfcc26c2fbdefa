import Buffers
import Execution
import Glibc
import HTTP
import HTTPClient
import TestSupport
import Testing

/// A running `holdfast serve` on a repository, as a test drives it: over its sockets only.
final class NodeProcess {
    /// The gateway.
    let gateway: HTTPClient
    /// The private RPC.
    let rpc: HTTPClient
    private let process: ChildProcess

    /// Starts a node and waits until it is ready.
    ///
    /// - Parameter home: of a repository that `holdfast init` has made.
    init(home: String) throws {
        for name in ["api", "gateway"] { try? File.remove(home + "/" + name) }
        process = try ChildProcess(
            BuiltProgram.path("holdfast"),
            ["serve", "--public", "127.0.0.1:0", "--private", "127.0.0.1:0"],
            environment: ["HOLDFAST_HOME": home])
        let deadline = Deadline.after(.seconds(60))
        let gatewayPort = try Self.port(home + "/gateway", process, deadline)
        let rpcPort = try Self.port(home + "/api", process, deadline)
        gateway = HTTPClient(.tcp(host: "127.0.0.1", port: gatewayPort, basePath: ""))
        rpc = HTTPClient(.tcp(host: "127.0.0.1", port: rpcPort, basePath: ""))
        while try gateway.fetch(ClientRequest(.get, "/readyz"), upTo: 1 << 16).status != .ok {
            try #require(!deadline.hasPassed, "the node never became ready: \(process.errorText)")
        }
    }

    /// Kills it as a crash does.
    func kill() {
        process.kill(SIGKILL)
        process.wait()
    }

    /// Stops it as an operator does.
    func stop() {
        process.kill(SIGTERM)
        process.wait()
    }

    /// Adds a file over the RPC of a node.
    ///
    /// - Returns: its CID, once the node has acknowledged it; nil when it was not acknowledged.
    static func add(_ contents: Bytes, to rpc: HTTPClient) -> String? {
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
        guard let answer = try? rpc.fetch(request, upTo: 1 << 16), answer.status == .ok,
            let text = answer.body.utf8Text, let hash = text.firstRange(of: "\"Hash\":\"")
        else { return nil }
        return String(text[hash.upperBound...].prefix { $0 != "\"" })
    }

    /// Whether a CID has a recursive pin.
    func isPinned(_ cid: String) throws -> Bool {
        let request = ClientRequest(.post, "/api/v0/pin/ls?type=recursive&arg=\(cid)")
        return try rpc.fetch(request, upTo: 1 << 16).status == .ok
    }

    private static func port(
        _ path: String, _ process: ChildProcess, _ deadline: Deadline
    ) throws -> UInt16 {
        while true {
            if let text = try? File.readAll(path, limit: 4096).utf8Text,
                let port = UInt16(text.split(whereSeparator: { "/:\n".contains($0) }).last ?? "")
            {
                return port
            }
            try #require(!process.hasEnded, "the node ended: \(process.errorText)")
            try #require(!deadline.hasPassed, "the node did not start: \(process.errorText)")
            _ = Monitor(()).wait(by: .after(.milliseconds(2))) { _ in nil as Bool? }
        }
    }
}
