package import Buffers

/// One option of a command: how it is spelled, what values it takes, what it means.
package struct OptionSpec: Sendable {
    /// What a value must look like; the raw value is the name in error texts, as Kubo has it.
    package enum Kind: String, Sendable {
        /// `true`, `false`, `1`, `0`, `t`, `f` in any case; nothing means true.
        case flag = "bool"
        /// 32 bits with a sign; decimal, or with `0x`, `0o`, `0`, `0b` in front.
        case integer = "int"
        /// 32 bits without a sign.
        case unsigned = "uint"
        /// 64 bits with a sign.
        case long = "int64"
        /// Any text.
        case text = "string"
        /// Any text; may be given more than once.
        case texts = "array"
    }

    /// Who reads it.
    package enum Side: Sendable {
        /// The command itself; clients send it in the query.
        case server
        /// The client only (where to write, how to print). Accepted in a query without effect.
        case client
    }

    /// The long name first, then the aliases; one letter means a short option.
    package let names: [String]
    package let kind: Kind
    /// What an absent option means, as text; nil where absence is a case of its own.
    package let fallback: String?
    package let side: Side
    /// What it does, as one sentence without the default.
    package let summary: String

    /// The name under which the value is kept.
    package var name: String { names[0] }

    /// Whether a word is one of its names, byte for byte.
    package func isNamed(_ word: Bytes) -> Bool { names.contains { word.spells($0) } }
}

/// Spellings for the table: name, alias where there is one, default, side, summary.
extension OptionSpec {
    static func flag(
        _ name: String, default fallback: Bool? = nil, side: Side = .server, _ summary: String
    ) -> Self {
        Self(
            names: [name], kind: .flag, fallback: fallback.map { $0 ? "true" : "false" },
            side: side, summary: summary)
    }

    static func flag(
        _ name: String, _ alias: String, default fallback: Bool? = nil, side: Side = .server,
        _ summary: String
    ) -> Self {
        Self(
            names: [name, alias], kind: .flag, fallback: fallback.map { $0 ? "true" : "false" },
            side: side, summary: summary)
    }

    static func integer(
        _ name: String, default fallback: Int? = nil, _ summary: String
    ) -> Self {
        Self(
            names: [name], kind: .integer, fallback: fallback.map(String.init), side: .server,
            summary: summary)
    }

    static func integer(_ name: String, _ alias: String, _ summary: String) -> Self {
        Self(names: [name, alias], kind: .integer, fallback: nil, side: .server, summary: summary)
    }

    static func unsigned(_ name: String, _ summary: String) -> Self {
        Self(names: [name], kind: .unsigned, fallback: nil, side: .server, summary: summary)
    }

    static func long(_ name: String, _ summary: String) -> Self {
        Self(names: [name], kind: .long, fallback: nil, side: .server, summary: summary)
    }

    static func long(_ name: String, _ alias: String, _ summary: String) -> Self {
        Self(names: [name, alias], kind: .long, fallback: nil, side: .server, summary: summary)
    }

    static func text(
        _ name: String, default fallback: String? = nil, side: Side = .server, _ summary: String
    ) -> Self {
        Self(names: [name], kind: .text, fallback: fallback, side: side, summary: summary)
    }

    static func text(
        _ name: String, _ alias: String, default fallback: String? = nil, side: Side = .server,
        _ summary: String
    ) -> Self {
        Self(names: [name, alias], kind: .text, fallback: fallback, side: side, summary: summary)
    }

    static func texts(_ name: String, side: Side = .server, _ summary: String) -> Self {
        Self(names: [name], kind: .texts, fallback: nil, side: side, summary: summary)
    }
}
