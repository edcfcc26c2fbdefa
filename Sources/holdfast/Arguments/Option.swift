import Buffers
import KuboRPC

/// One option of the command line, as data: the parser, the help, the completions and the reference
/// page are all made from it.
struct Option: Sendable {
    /// The long name first, then the aliases; a name of one letter is typed with one dash.
    let names: [String]
    let kind: OptionSpec.Kind
    /// What it means when it is not given, as text; nil where that is a case of its own.
    let fallback: String?
    /// What stands for the value in usage lines.
    let valueName: String
    /// Whether the RPC gets it in the query.
    let isSent: Bool
    /// What it does, as one sentence.
    let summary: String

    /// The name under which the parser keeps the value.
    var name: String { names[0] }

    /// Whether it stands alone, without a value.
    var isFlag: Bool { kind == .flag }

    /// Whether a word is one of its names, byte for byte.
    func isNamed(_ word: Bytes) -> Bool { names.contains { word.spells($0) } }

    /// Whether its value is a path or a pattern for paths, so that it need not be UTF-8.
    var takesBytes: Bool {
        ["output", "ignore", "ignore-rules-path", "stdin-name"].contains(name)
    }

    /// An option that the command line alone knows.
    init(
        _ names: [String], _ kind: OptionSpec.Kind, value valueName: String = "text",
        default fallback: String? = nil, _ summary: String
    ) {
        self.names = names
        self.kind = kind
        self.fallback = fallback
        self.valueName = valueName
        self.summary = summary
        isSent = false
    }

    /// A flag that the command line alone knows.
    init(_ names: [String], _ summary: String) {
        self.init(names, .flag, summary)
    }

    /// An option of the RPC's table.
    init(_ spec: OptionSpec) {
        names = spec.names
        kind = spec.kind
        fallback = spec.fallback
        summary = spec.summary
        isSent = spec.side == .server
        valueName =
            switch spec.kind {
            case .integer, .unsigned, .long: "number"
            case .flag, .text, .texts: "text"
            }
    }

    /// As it is typed: `--chunker`, `-s`.
    static func dashed(_ name: String) -> String { (name.count == 1 ? "-" : "--") + name }
}
