import Execution
import HTTP
import HTTPClient
import Node
import TestSupport
import Testing

/// A node of its own for one test.
final class RunningNode {
    let place: TestPlace
    let process: ChildProcess

    init(_ place: TestPlace) throws {
        self.place = place
        process = try place.start(
            "serve", "--public", "127.0.0.1:0", "--private", "127.0.0.1:0")
        let deadline = Deadline.after(.seconds(30))
        while !File.exists(place.home + "/api"), !process.hasEnded, !deadline.hasPassed {
            _ = Pending<Void>().value(by: .after(.milliseconds(5)))
        }
        try #require(File.exists(place.home + "/api"), "\(process.errorText)")
    }

    var gatewayPort: UInt16 {
        get throws {
            let url = try #require(Repository.gatewayAddress(home: place.home))
            return try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        }
    }

    func page(_ path: String) throws -> ClientAnswer {
        try HTTPClient(.tcp(host: "127.0.0.1", port: gatewayPort))
            .fetch(ClientRequest(.get, path))
    }

    func stop() -> Int32? {
        process.kill(15)
        return process.exitCode
    }
}
