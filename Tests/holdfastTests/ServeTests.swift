import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport
import Testing

/// Runs the built program with a node.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct ServeTests {
    @Test func whatTheCommandLineAddsTheGatewayServes() throws {
        let node = try RunningNode(TestPlace())
        try node.place.makeSampleFolder()
        let root = String(
            try node.place.run("add", "-rQ", node.place.path("dir")).outputText.dropLast())
        #expect(root == "QmSQkkEtsqH4ZwKrqgbxxHSF6xohQMU9pBQZAuzjKkEcFr")
        let answer = try node.page("/ipfs/\(root)/sub/b")
        #expect(answer.status == .ok)
        #expect(answer.body.utf8Text == "b\n")
        #expect(try node.place.run("cat", root + "/a").outputText == "a\n")
        #expect(try node.place.run("status").outputText.contains("running, process"))
        #expect(node.stop() == 0)
    }

    @Test func healthIsToldOnBothListeners() throws {
        let node = try RunningNode(TestPlace())
        #expect(try node.page("/healthz").body.utf8Text == "ok\n")
        #expect(try node.page("/readyz").body.utf8Text == "ready\n")
        #expect(try node.page("/metrics").status == .notFound)
        #expect(try node.page("/api/v0/id").status != .ok)
        let answer = try node.rpc.fetch(ClientRequest(.get, "/metrics"))
        let metrics = try #require(answer.body.utf8Text)
        #expect(metrics.contains("holdfast_http_connections{listener=\"public\"}"))
        // Sizes, and not what their bits are as a number.
        for name in [
            "holdfast_own_memory_bytes", "process_resident_memory_bytes",
            "holdfast_store_disk_free_bytes",
        ] {
            let line = metrics.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            let value = line.flatMap { Double($0.dropFirst(name.count + 1)) }
            #expect(value ?? 0 > 100_000, "\(name)")
        }
        #expect(node.stop() == 0)
    }

    /// Clients of Kubo send them so; longer lists come in the body.
    @Test func aThousandArgumentsFitIntoAQuery() throws {
        let node = try RunningNode(TestPlace())
        let root = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"
        let query = Array(repeating: "arg=" + root, count: 1_000).joined(separator: "&")
        let answer = try node.rpc.fetch(ClientRequest(.post, "/api/v0/pin/ls?" + query))
        #expect(answer.status == .internalServerError)
        #expect(answer.body.utf8Text?.contains("is not pinned") == true)
        #expect(node.stop() == 0)
    }

    @Test func aSignalStopsItAndTakesItsFilesAway() throws {
        let node = try RunningNode(TestPlace())
        let started = Instant.now
        #expect(node.stop() == 0)
        #expect(Instant.now.elapsed(since: started) < .seconds(5))
        #expect(try !File.exists(node.place.home + "/api"))
        #expect(try !File.exists(node.place.home + "/gateway"))
        #expect(node.process.errorText.contains("\"message\":\"stopped\""))
        #expect(node.process.outputText.hasPrefix("gateway  http://127.0.0.1:"))
    }

    /// LevelDB's thread is there before it is needed: a node whose neighbours have taken all threads
    /// by then would end. It has the name of the thread that it was made by.
    @Test func theThreadOfLevelDBIsThereFromTheStart() throws {
        let node = try RunningNode(TestPlace())
        let tasks = "/proc/\(node.process.processID)/task"
        func count() throws -> Int {
            try File.names(in: tasks).count {
                try File.readAll("\(tasks)/\($0)/comm", limit: 99).utf8Text == "holdfast\n"
            }
        }
        // A sanitizer may have one more of that name, and a thread that is new has it for a moment.
        let counts = TestScale.isSanitized ? 2...3 : 2...2
        #expect(comesTrue { (try? count()).map(counts.contains) ?? false })
        #expect(node.stop() == 0)
    }

    /// Its standard error is a full pipe, so not a line of the log can be written.
    @Test func aLogThatNobodyReadsDoesNotKeepItFromStopping() throws {
        let place = try TestPlace()
        let line = """
            mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >&3
            holdfast serve 2>&3 3>&- & node=$!
            until [ -e .holdfast/api ]; do sleep 0.05; done
            kill -TERM $node
            for i in $(seq 100); do kill -0 $node 2>/dev/null || break; sleep 0.1; done
            kill -KILL $node 2>/dev/null && echo "still there"
            wait $node; echo "code $?"
            """
        #expect(try place.shell(line).outputText.hasSuffix("code 0\n"))
    }

    /// Its standard output is a full pipe, so it does not come as far as waiting for its stop.
    @Test func anOutputThatNobodyReadsDoesNotKeepItFromStopping() throws {
        let place = try TestPlace()
        let line = """
            mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >&3
            HOLDFAST_LISTEN_DRAIN_TIMEOUT=1s holdfast serve >&3 3>&- & node=$!
            until [ -e .holdfast/api ]; do sleep 0.05; done
            holdfast shutdown 3>&-
            for i in $(seq 150); do kill -0 $node 2>/dev/null || break; sleep 0.1; done
            kill -KILL $node 2>/dev/null && echo "still there"
            wait $node; echo "code $?"
            """
        let ended = try place.shell(line)
        #expect(ended.outputText == "code 1\n", "\(ended.errorText)")
        #expect(ended.errorText.contains("\"message\":\"node ready\""))
    }

    @Test func anotherIdentityThanBeforeIsTold() throws {
        let place = try TestPlace()
        let before = try place.run("id", "-f", "<id>").outputText
        try File.removeTree(place.home + "/keys")
        let node = try RunningNode(place)
        let after = try place.run("id", "-f", "<id>").outputText.filter { !$0.isWhitespace }
        #expect(node.stop() == 0)
        #expect(!before.contains(after))
        let log = node.process.errorText
        #expect(log.contains("the repository had no identity any more"), "\(log)")
        #expect(log.contains(#""peerID":"\#(after)""#), "\(log)")
    }

    /// Its configuration is refused once the signals are waited for, and nobody reads why.
    @Test func aFailedStartThatNobodyReadsAboutEnds() throws {
        let place = try TestPlace()
        let line = """
            mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >&3
            holdfast serve --private 0.0.0.0:0 2>&3 3>&- & node=$!
            for i in $(seq 150); do kill -0 $node 2>/dev/null || break; sleep 0.1; done
            kill -KILL $node 2>/dev/null && echo "still there"
            wait $node; echo "code $?"
            """
        #expect(try place.shell(line).outputText.hasSuffix("code 1\n"))
    }

    @Test func theReasonOfAFailedStartIsInTheLogBeforeTheStoreIsClosed() throws {
        let failed = try TestPlace().run("serve", "--private", "0.0.0.0:0")
        #expect(failed.exitCode == 1)
        let lines = failed.errorText.split(separator: "\n")
        #expect(lines.first?.contains(#""message":"the node did not start""#) == true)
        #expect(lines.first?.contains("no tokens yet") == true)
        #expect(lines.last?.hasPrefix("Error: ") == true)
    }

    /// It comes while the disk takes half a minute over each sync of the opening.
    @Test(arguments: [1, 2])
    func aSignalStopsItWhileItOpens(signals: Int) throws {
        let place = try TestPlace()
        var slow = FailingCalls.Fault("fdatasync", of: "", number: 0)
        slow.seconds = 30
        var variables = try FailingCalls(in: place.folder).environment(slow)
        variables["HOLDFAST_LISTEN_DRAIN_TIMEOUT"] = "1s"
        let process = try place.start(["serve"], adding: variables)
        let lock = place.home + "/lock"
        while try !File.exists(lock) || File.readAll(lock, limit: 99).isEmpty {
            pause(for: .milliseconds(5))
        }
        pause(for: .milliseconds(100))
        let asked = Instant.now
        for _ in 0..<signals {
            process.kill(15)
            pause(for: .milliseconds(100))
        }
        #expect(process.exitCode == 1)
        let limit: Duration = signals == 1 ? .seconds(15) : .seconds(3)
        #expect(Instant.now.elapsed(since: asked) < limit)
        if signals == 1 { #expect(process.errorText.contains("\"for\":\"the store\"")) }
        #expect(try place.run("pin", "ls").exitCode == 0)
    }

    /// It comes while the disk takes minutes over the first file, and ends it as if it were not known.
    @Test(arguments: [15, 2] as [Int32])
    func aSignalStopsItWhileItReadsItsConfiguration(signal: Int32) throws {
        let place = try TestPlace()
        var slow = FailingCalls.Fault("read", of: "/config.json", number: 0)
        slow.seconds = 600
        let process = try place.start(
            ["serve"], adding: try FailingCalls(in: place.folder).environment(slow))
        let tasks = "/proc/\(process.processID)/task"
        func takesSignals() throws -> Bool {
            try File.names(in: tasks).contains {
                try File.readAll("\(tasks)/\($0)/comm", limit: 99) == "signals\n"
            }
        }
        let deadline = soon()
        while try !takesSignals() {
            try #require(!process.hasEnded && !deadline.hasPassed, "nobody waits for signals")
            pause(for: .milliseconds(5))
        }
        process.kill(signal)
        #expect(process.wait() == .signalled(signal))
        #expect(try File.readAll(place.home + "/lock", limit: 99).isEmpty)
    }

    @Test func theShutdownCommandStopsIt() throws {
        let node = try RunningNode(TestPlace())
        let asked = try node.place.run("shutdown")
        #expect(asked.exitCode == 0, "\(asked.errorText)")
        // The repository is free at once.
        #expect(try node.place.run("repo", "stat").exitCode == 0)
        #expect(node.process.exitCode == 0)
        #expect(try node.place.run("shutdown").errorText.hasPrefix("Error: no node is running on "))
    }

    @Test func theShutdownCommandSaysHowToStopANodeOfAnEarlierBuild() throws {
        let place = try TestPlace()
        try File.replace(place.home + "/lock", with: "4711\n")
        let lock = try File(place.home + "/lock", .readWrite)
        #expect(try lock.tryLock())
        try File.replace(place.home + "/api", with: "/ip4/127.0.0.1/tcp/1")
        let asked = try place.run("shutdown")
        #expect(asked.exitCode == 1)
        #expect(asked.errorText.contains("stop it first (`kill 4711`)"), "\(asked.errorText)")
        lock.close()
        #expect(try place.run("shutdown").errorText.hasPrefix("Error: no node is running on "))
    }

    @Test func anEmptyAddressInTheEnvironmentNamesNoOtherNode() throws {
        let node = try RunningNode(TestPlace())
        let asked = try node.place.shell("HOLDFAST_API= holdfast shutdown && holdfast repo stat")
        #expect(asked.exitCode == 0, "\(asked.errorText)")
        #expect(node.process.exitCode == 0)
        let again = try node.place.shell("HOLDFAST_API= holdfast shutdown")
        #expect(again.errorText.hasPrefix("Error: no node is running on "))
    }

    @Test func theStatusOfANodeElsewhereSaysNothingOfTheOneHere() throws {
        let node = try RunningNode(TestPlace())
        let other = try RunningNode(TestPlace())
        let address = "/ip4/127.0.0.1/tcp/\(other.rpcPort)"
        for line in ["holdfast --api \(address) status", "HOLDFAST_API=\(address) holdfast status"]
        {
            let status = try node.place.shell(line)
            #expect(status.exitCode == 0, "\(status.errorText)")
            #expect(status.outputText.contains("node:   \(address)\n"), "\(status.outputText)")
            #expect(!status.outputText.contains("running"))
            #expect(!status.outputText.contains(node.place.home))
            #expect(!status.outputText.contains("public:"))
        }
        #expect(node.stop() == 0)
        #expect(other.stop() == 0)
    }

    @Test func aSecondNodeNamesTheProcessOfTheFirst() throws {
        let node = try RunningNode(TestPlace())
        let second = try node.place.run("serve", "--private", "127.0.0.1:0")
        #expect(second.exitCode == 1)
        #expect(second.errorText.contains("in use by process \(node.process.processID)"))
        #expect(node.stop() == 0)
    }

    @Test func aPortInUseIsNamed() throws {
        let node = try RunningNode(TestPlace())
        let other = try TestPlace()
        let port = node.gatewayPort
        let second = try other.run(
            "serve", "--public", "127.0.0.1:\(port)", "--private", "127.0.0.1:0")
        #expect(second.exitCode == 1)
        #expect(second.errorText.contains("\(port)"), "\(second.errorText)")
        #expect(node.stop() == 0)
    }

    @Test func afterAKillTheNextCommandFindsEverything() throws {
        let place = try TestPlace()
        let node = try RunningNode(place)
        let cid = String(
            try place.run("add", "-Q", input: Bytes(utf8: "kept\n")).outputText.dropLast())
        node.kill()
        #expect(try place.run("cat", cid).outputText == "kept\n")
        #expect(try place.run("pin", "ls", "-q").outputText == cid + "\n")
    }

    @Test func aFileThatCannotBeReadPinsNothing() throws {
        let node = try RunningNode(TestPlace())
        try node.place.makeSampleFolder()
        // A link to nowhere that is followed is as unreadable as a file without permissions, also
        // for root.
        try File.makeLink(node.place.path("dir/m"), to: "nowhere")
        let added = try node.place.run(
            "add", "-r", "--dereference-symlinks", node.place.path("dir"))
        #expect(added.exitCode == 1)
        #expect(added.errorText.contains("dir/m: no such file or directory"))
        #expect(try node.place.run("pin", "ls").outputText == "")
        #expect(try node.page("/readyz").status == .ok)
        #expect(node.stop() == 0)
    }
}
