import Execution

/// What may be hostile about content. A run can leave parts of it out: what lies behind a fault that
/// is known and not mended yet is found only by going around it.
package enum HostileFeature: String, CaseIterable, Sendable {
    /// Sizes, counts, fanouts, bitmaps that are not what is there.
    case sizes
    /// Times that have no date.
    case times
    /// Names that are no plain words.
    case names
    /// Shards and nodes all of whose links lead to one child: more paths than anybody can walk.
    case towers
    /// Nodes with very many links.
    case width
    /// Values that are nothing but a link.
    case bareLinks = "bare-links"
    /// Values nested up to the limit and beyond.
    case nesting

    /// All, without those that `HOLDFAST_FUZZ_WITHOUT` names with commas between them.
    package static let wanted: Set<HostileFeature> = {
        let names = (ProcessSetup.environment["HOLDFAST_FUZZ_WITHOUT"] ?? "").split(separator: ",")
        return Set(allCases).subtracting(
            names.compactMap { HostileFeature(rawValue: String($0)) })
    }()
}
