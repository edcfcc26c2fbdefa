import Buffers
import Execution
import HTTP
package import HTTPClient

/// A running `holdfast serve`, as a test drives it: over its sockets and by signals only.
package final class RunningNode {
    /// Where it runs.
    package let place: TestPlace
    /// The program.
    package let process: ChildProcess
    /// The port of the gateway.
    package let gatewayPort: UInt16
    /// The port of the private RPC.
    package let rpcPort: UInt16
    /// The gateway.
    package let gateway: HTTPClient
    /// The private RPC.
    package let rpc: HTTPClient

    /// Starts a node on the repository of a place, and waits until it is ready.
    package init(_ place: TestPlace) throws {
        self.place = place
        // A node that was killed has left them there.
        for name in ["api", "gateway"] { try? File.remove(place.home + "/" + name) }
        process = try place.start("serve")
        try Self.wait(for: process) { try File.exists(place.home + "/api") }
        gatewayPort = try Self.port(in: place.home + "/gateway")
        rpcPort = try Self.port(in: place.home + "/api")
        gateway = HTTPClient(.tcp(host: "127.0.0.1", port: gatewayPort))
        rpc = HTTPClient(.tcp(host: "127.0.0.1", port: rpcPort))
        try Self.wait(for: process) { [gateway] in
            try gateway.fetch(ClientRequest(.get, "/readyz")).status == .ok
        }
    }

    /// Asks the gateway for a page.
    package func page(_ path: String) throws -> ClientAnswer {
        try gateway.fetch(ClientRequest(.get, path))
    }

    /// Stops it as an operator does.
    ///
    /// - Returns: its exit code.
    @discardableResult
    package func stop() -> Int32? {
        process.kill(15)
        return process.exitCode
    }

    /// Kills it as a crash does.
    package func kill() {
        process.kill(9)
        process.wait()
    }

    private static func wait(for process: ChildProcess, until isTrue: () throws -> Bool) throws {
        let deadline = soon()
        while try !isTrue() {
            if process.hasEnded || deadline.hasPassed { throw RunningNodeError(process) }
            pause(for: .milliseconds(2))
        }
    }

    /// The last number of `http://127.0.0.1:8080` or `/ip4/127.0.0.1/tcp/5001`.
    private static func port(in file: String) throws -> UInt16 {
        let text = try File.readAll(file, limit: 4_096).utf8Text ?? ""
        let last = text.split(whereSeparator: { "/:\n".contains($0) }).last
        return last.flatMap { UInt16($0) } ?? 0
    }
}

/// A node that did not start, or a repository that could not be made.
package struct RunningNodeError: Error, CustomStringConvertible {
    package let description: String

    init(_ process: ChildProcess) {
        description = "the program did not do its work: \(process.errorText)"
    }
}
