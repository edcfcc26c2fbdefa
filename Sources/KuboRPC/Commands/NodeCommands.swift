import Content
import Execution
import JSON
import Multiformats

/// `id`, `version`, `commands`, `shutdown`, `swarm/*`, `stats/bw` and `bitswap/*`.
enum NodeCommands {
    static func id(_ invocation: Invocation) throws -> Answer {
        let settings = invocation.settings
        if let other = invocation.arguments.first, other != settings.peerID {
            throw RPCError.failed("peer \(quoted(other)) is not known: there is no libp2p here")
        }
        let shown = try peerID(
            settings.peerID, in: invocation.options.text("peerid-base") ?? "b58mh")
        let addresses = settings.addresses().map { "\($0)/p2p/\(settings.peerID)" }
        return .value(
            .object([
                ("ID", .text(shown)), ("PublicKey", .text(settings.publicKey)),
                ("Addresses", .list(addresses.map(JSONOutput.text))),
                ("AgentVersion", .text("holdfast/\(settings.version)")), ("Protocols", .list([])),
            ]))
    }

    static func version(_ invocation: Invocation) throws -> Answer {
        .value(
            .object([
                ("Version", .text(invocation.settings.kuboVersion)),
                ("Commit", .text("holdfast-\(invocation.settings.version)")),
                ("Repo", .text(repositoryVersion)), ("System", .text(system)),
                ("Golang", .text(compiler)),
            ]))
    }

    static func commands(_ invocation: Invocation) throws -> Answer {
        .value(
            tree(
                "ipfs", CommandTable.commands.map { (ArraySlice($0.words), $0) },
                options: CommandTable.globalOptions))
    }

    static func shutdown(_ invocation: Invocation) throws -> Answer {
        guard let shutdown = invocation.settings.shutdown else {
            throw RPCError.failed("there is no running node to stop")
        }
        shutdown()
        return .nothing
    }

    static func peers(_ invocation: Invocation) throws -> Answer {
        .value(.object([("Peers", .list([]))]))
    }

    static func addresses(_ invocation: Invocation) throws -> Answer {
        let own = invocation.settings.addresses().map(JSONOutput.text)
        return .value(
            .object([("Addrs", .object([(invocation.settings.peerID, .list(own))]))]))
    }

    static func localAddresses(_ invocation: Invocation) throws -> Answer {
        let settings = invocation.settings
        let suffix = invocation.options.flag("id") ? "/p2p/\(settings.peerID)" : ""
        let own = settings.addresses().map { JSONOutput.text($0 + suffix) }
        return .value(.object([("Strings", .list(own))]))
    }

    static func connect(_ invocation: Invocation) throws -> Answer {
        let address = invocation.arguments[0]
        let id = address.firstRange(of: "/p2p/").map { String(address[$0.upperBound...]) }
        throw RPCError.failed(
            "connect \(id ?? address) failure: this version fetches from no other nodes")
    }

    static func bandwidth(_ invocation: Invocation) throws -> Answer {
        let text = invocation.options.text("interval") ?? "1s"
        guard let interval = GoDuration.parse(text), interval > .zero else {
            throw RPCError.failed("time: invalid duration \(quoted(text))")
        }
        return .lines(
            BandwidthLines(
                invocation, interval: invocation.options.flag("poll") ? interval : nil))
    }

    static func exchange(_ invocation: Invocation) throws -> Answer {
        let counters = [
            "BlocksReceived", "DataReceived", "DupBlksReceived", "DupDataReceived",
            "MessagesReceived", "BlocksSent", "DataSent",
        ]
        return .value(
            .object(
                [("Wantlist", .list([])), ("Peers", .list([]))]
                    + counters.map { ($0, .integer(0)) }))
    }

    static func wantlist(_ invocation: Invocation) throws -> Answer {
        .value(.object([("Keys", .list([]))]))
    }

    /// The version of Kubo's repository whose place this one takes; scripts ask for it.
    static let repositoryVersion = "18"

    private static var system: String {
        #if arch(x86_64)
            "amd64/linux"
        #elseif arch(arm64)
            "arm64/linux"
        #else
            "unknown/linux"
        #endif
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "swift6.4"
        #else
            "swift6.3"
        #endif
    }

    /// Writes the peer id as the caller wants it: the bare multihash, or a CID of a libp2p key.
    private static func peerID(_ id: String, in base: String) throws(RPCError) -> String {
        if base == "b58mh" { return id }
        let chosen = try Multibase.named(base == "k" ? "base36" : base)
        do {
            // A peer id is a bare multihash in base58btc, which as a multibase text has a letter.
            let multihash = try Multihash(bytes: Multibase.decode("z" + id).1)
            return CID.v1(.libp2pKey, multihash).text(in: chosen)
        } catch {
            throw .failed("invalid peer id: \(error)")
        }
    }

    /// One level of the tree of commands; the words of a name that are left lead to its place.
    private static func tree(
        _ name: String, _ below: [(ArraySlice<String>, CommandSpec)], options: [OptionSpec]
    ) -> JSONOutput {
        var names: [String] = []
        for (words, _) in below {
            if let word = words.first, !names.contains(word) { names.append(word) }
        }
        let children = names.sorted().map { child in
            let inside = below.filter { $0.0.first == child }
            let own = inside.first { $0.0.count == 1 }?.1
            return tree(
                child, inside.map { ($0.0.dropFirst(), $0.1) }, options: own?.options ?? [])
        }
        return .object([
            ("Name", .text(name)), ("Subcommands", .list(children)),
            (
                "Options",
                .list(options.map { .object([("Names", .list($0.names.map(JSONOutput.text)))]) })
            ),
        ])
    }
}

/// Counters of HTTP bodies: one line, or one an interval until the client leaves.
final class BandwidthLines: LineSource {
    private let invocation: Invocation
    private let interval: Duration?
    private var last: (received: UInt64, sent: UInt64, at: Instant)?

    init(_ invocation: Invocation, interval: Duration?) {
        self.invocation = invocation
        self.interval = interval
    }

    var isPrompt: Bool { true }

    func next() throws -> JSONOutput? {
        if last != nil {
            guard let interval else { return nil }
            try wait(interval)
        }
        let (received, sent) = invocation.settings.traffic()
        let now = Instant.now
        defer { last = (received, sent, now) }
        return .object([
            ("TotalIn", .unsigned(received)), ("TotalOut", .unsigned(sent)),
            ("RateIn", .single(rate(from: last?.received, to: received, now))),
            ("RateOut", .single(rate(from: last?.sent, to: sent, now))),
        ])
    }

    private func rate(from old: UInt64?, to new: UInt64, _ now: Instant) -> Float {
        guard let old, let last, new >= old else { return 0 }
        let seconds = now.elapsed(since: last.at) / .seconds(1)
        return seconds > 0 ? Float(Double(new - old) / seconds) : 0
    }

    /// Lets the interval pass, but looks now and then whether anybody still listens.
    private func wait(_ interval: Duration) throws {
        let end = Deadline.after(interval)
        while let left = end.remaining, left > .zero {
            try invocation.context.checkNow()
            _ = Pending<Bool>().value(by: .after(min(left, .milliseconds(250))))
        }
    }
}
