import BlockStore
import Buffers
import Execution
import HTTP
import HTTPClient
import Telemetry
import TestSupport
import Testing

@testable import Node

/// `/readyz` says yes to nobody who could not use the node.
@Suite(.timeLimit(.minutes(40)))
struct ReadinessTests {
    @Test func aNodeIsReadyFromItsPublicationToItsStop() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-readiness-")
        defer { try? File.removeTree(folder) }
        let (home, socket) = (folder + "/home", folder + "/public")
        _ = try Repository.initialize(home: home)
        let configuration = try Server.configuration(
            home: home, environment: [:],
            options: [
                "listen.public": "unix:\(socket)", "listen.private": "unix:\(folder)/private",
                "store.reserve": "0",
            ])
        let node = try OpenNode(Repository.open(home: home), configuration, log: .silent)
        defer { node.close() }
        let readiness = Readiness()
        let listeners = try NodeListeners(
            node, NodeListeners.Addresses(configuration.listen), readiness: readiness, shutdown: {})
        defer { listeners.drain(by: .after(.seconds(5))) }
        let client = HTTPClient(.unix(path: socket))
        let page = { try client.fetch(ClientRequest(.get, "/readyz")) }

        let early = try page()
        #expect(early.status == .serviceUnavailable)
        #expect(early.body.utf8Text == "not ready: starting\n")
        #expect(try client.fetch(ClientRequest(.get, "/healthz")).status == .ok)
        readiness.serve()
        #expect(try page().body.utf8Text == "ready\n")
        readiness.stop()
        let late = try page()
        #expect(late.status == .serviceUnavailable)
        #expect(late.body.utf8Text == "not ready: stopping\n")
        readiness.serve()
        #expect(try page().status == .serviceUnavailable)
    }

    /// The whole of it is in the log, and on the private listener.
    @Test(arguments: [
        (BlockStoreError.Code.diskFull(missingByteCount: 5), "not ready: disk full\n"),
        (.readOnly, "not ready: no writes\n"), (.corrupt, "not ready: no writes\n"),
    ])
    func strangersAreNotToldAboutTheMachine(code: BlockStoreError.Code, text: String) {
        let error = BlockStoreError(code, "IO error: /home/ann/.holdfast/blocks/000005.log: File")
        #expect(HealthPages.refusal(error, forStrangers: true) == text)
        #expect(
            HealthPages.refusal(error, forStrangers: false)
                == "not ready: no writes: \(error.message)\n")
    }

    /// A restart does not make it look whole, and strangers see no path of the machine.
    @Test func aNodeIsDegradedUntilSomebodyRemovesTheNotes() throws {
        let place = try TestPlace()
        let file = place.home + "/damage"
        for (notes, isDegraded) in [
            ("2026-11-30T00:00:00.000Z 7 bytes are gone\n", true), ("", false),
        ] {
            if isDegraded {
                try File.make(file, with: Bytes(utf8: notes))
            } else {
                try File.remove(file)
            }
            let (publicPath, privatePath) = (place.path("public"), place.path("private"))
            let process = try place.start(
                "serve", "--public", "unix:\(publicPath)", "--private", "unix:\(privatePath)")
            defer {
                process.kill(15)
                _ = process.wait()
            }
            let strangers = HTTPClient(.unix(path: publicPath))
            let page = { try strangers.fetch(ClientRequest(.get, "/readyz")) }
            let deadline = soon()
            while (try? page().status) != .ok {
                try #require(!deadline.hasPassed && !process.hasEnded, "\(process.errorText)")
            }
            #expect(try page().body.utf8Text == (isDegraded ? "ready\ndegraded\n" : "ready\n"))
            let status = try place.run("status").outputText
            #expect(status.contains("7 bytes are gone") == isDegraded)
            #expect(status.contains("remove \(file)") == isDegraded)
        }
    }

    @Test func whoSeesAReadyNodeCanUseItAtOnce() throws {
        for _ in 0..<5 {
            let place = try TestPlace()
            let socket = place.path("public")
            let process = try place.start("serve", "--public", "unix:\(socket)")
            defer { process.kill(9) }
            let client = HTTPClient(.unix(path: socket))
            let deadline = soon()
            while (try? client.fetch(ClientRequest(.get, "/readyz")).status) != .ok {
                try #require(!deadline.hasPassed && !process.hasEnded, "\(process.errorText)")
            }
            #expect(try File.exists(place.home + "/api"))
            let listed = try place.run("pin", "ls")
            #expect(listed.exitCode == 0, "\(listed.errorText)")
        }
    }

    /// Nor does it ask the disk, which may not answer at all.
    @Test func aDiskThatDoesNotTellItsRoomKeepsNobodyWaiting() throws {
        let place = try TestPlace()
        var fault = FailingCalls.Fault("statvfs", of: "/.holdfast", number: 0)
        fault.seconds = 3_600
        let (socket, privateSocket) = (place.path("public"), place.path("private"))
        let process = try place.start(
            ["serve", "--public", "unix:\(socket)", "--private", "unix:\(privateSocket)"],
            adding: try FailingCalls(in: place.folder).environment(fault))
        defer { process.kill(9) }
        let client = HTTPClient(.unix(path: socket))
        let deadline = soon()
        var answer: ClientAnswer?
        while answer?.status != .ok {
            try #require(!deadline.hasPassed && !process.hasEnded, "\(process.errorText)")
            answer = try? client.fetch(ClientRequest(.get, "/readyz", deadline: deadline))
        }
        #expect(answer?.body.utf8Text == "ready\n")

        // One waits for the disk, and the next one is told what was known before.
        let owner = HTTPClient(.unix(path: privateSocket))
        let end = soon()
        var figures: ClientAnswer?
        while figures == nil, !end.hasPassed {
            let request = ClientRequest(.get, "/metrics", deadline: .after(.seconds(1)))
            figures = try? owner.fetch(request)
        }
        #expect(figures?.status == .ok)
    }
}
