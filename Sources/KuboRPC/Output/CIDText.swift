import Multiformats

/// How CIDs are written in one answer: `cid-base` and `upgrade-cidv0-in-output`.
struct CIDText: Sendable {
    private let base: Multibase?
    private let upgrades: Bool

    init(_ options: OptionValues) throws(RPCError) {
        let name = options.text("cid-base") ?? ""
        base = name.isEmpty ? nil : try Multibase.named(name)
        // Bytes that are no text come out as the same marks: two CIDs would look like one.
        guard base != .identity else {
            throw .failed("CIDs cannot be written in identity, which is no text: use another base")
        }
        upgrades =
            options.optionalFlag("upgrade-cidv0-in-output")
            ?? (base != nil && base != .base58btc)
    }

    /// Whether the caller asked for a base, so that the argument's own does not count.
    var hasBase: Bool { base != nil }

    /// The text of a CID.
    func callAsFunction(_ cid: CID) -> String {
        let shown = upgrades ? cid.asV1 : cid
        return shown.version == .v0 ? shown.text() : shown.text(in: base)
    }
}

extension Multibase {
    /// Finds a base by name or by its letter.
    ///
    /// - Parameter name: `base32`, `b`.
    /// - Returns: the base.
    /// - Throws: Kubo's text for an unknown one.
    static func named(_ name: String) throws(RPCError) -> Multibase {
        if let base = allCases.first(where: { $0.name == name || String($0.prefix) == name }) {
            return base
        }
        throw .failed("unsupported multibase encoding: \(name)")
    }
}
