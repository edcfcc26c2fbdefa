package import Buffers
import Execution
package import HTTP
import Multiformats

/// One request as a stranger might send it: what stands in its line, its fields, its body.
///
/// Extensions build them: `+Gateway`, `+RPC`.
package struct HostileRequest: Sendable {
    /// Which of the two listeners it is for.
    package enum Surface: Sendable {
        case gateway, rpc
    }

    package let surface: Surface
    package let method: HTTP.Method
    package var target: String
    package var fields: Fields = [:]
    package var body: Bytes = .empty

    init(_ surface: Surface, _ method: HTTP.Method, _ target: String) {
        self.surface = surface
        self.method = method
        self.target = target
    }

    /// Whether its target has one of the parts that `HOLDFAST_FUZZ_SKIP` names with commas between
    /// them: to go around a fault that is known and not mended yet.
    package var isSkipped: Bool { Self.skipped.contains { target.contains($0) } }

    private static let skipped = (ProcessSetup.environment["HOLDFAST_FUZZ_SKIP"] ?? "")
        .split(separator: ",").map(String.init)
}

/// What requests are about: where content begins, and what its entries are called.
package struct RequestSubject: Sendable {
    let roots: [[UInt8]]
    let names: [[UInt8]]

    package init(_ content: HostileContent) {
        (roots, names) = (content.roots, content.names)
    }

    /// The text of a CID to start from.
    func root(_ choices: inout Choices) -> String {
        if choices.oneIn(32) {
            return choices.pick([
                "", "x", "bafy", "Qm", "bafkqaaa", "z", "k51", "b", "\u{301}",
                "bafybeigdyrzt5sfp7udm7",
            ])
        }
        let cid = choices.pick(roots)
        if cid.first == 0x12 { return Multibase.base58btc.encodeWithoutPrefix(Bytes(cid)) }
        let base =
            choices.oneIn(8) ? choices.pick([Multibase.base36, .base58btc, .base16]) : .base32
        return base.encode(Bytes(cid))
    }

    /// Names below it, none mostly.
    func segments(_ choices: inout Choices) -> [[UInt8]] {
        (0..<choices.pick([0, 0, 0, 1, 1, 2, 4])).map { _ in
            if !names.isEmpty, !choices.oneIn(3) { return choices.pick(names) }
            if choices.oneIn(3) { return choices.hostileName() }
            return Array(
                choices.pick(["a", "0", "Links", "Hash", "..", "k1", "w1", "1", "/"]).utf8)
        }
    }

    /// A path as the gateway has it in its URLs.
    func urlPath(_ choices: inout Choices) -> String {
        let names = segments(&choices).map { name in
            choices.oneIn(16)
                ? String(decoding: name, as: UTF8.self)
                : PercentCoding.encode(name, keeping: .segment)
        }
        let root = "/ipfs/" + self.root(&choices)
        return names.reduce(root) { $0 + "/" + $1 } + (choices.oneIn(4) ? "/" : "")
    }

    /// A path as an argument of a command has it.
    func argument(_ choices: inout Choices) -> [UInt8] {
        let others = ["/ipns/", "ipfs://", "/", "/ipld/", "//", "/ipfs//"]
        let start = choices.oneIn(12) ? choices.pick(others) : choices.pick(["", "/ipfs/"])
        let names = choices.oneIn(2) ? segments(&choices) : []
        return names.reduce(Array((start + root(&choices)).utf8)) { $0 + [0x2F] + $1 }
    }
}
