/// Which pins a listing or a question is about.
package enum PinFilter: String, Sendable, Hashable {
    /// Every kind.
    case all
    /// Single blocks.
    case direct
    /// Blocks below a recursive pin.
    case indirect
    /// Roots with everything below.
    case recursive

    /// Reads the option `type`.
    ///
    /// - Throws: `.invalidArgument` with Kubo's text.
    package init(option text: String) throws(ContentError) {
        guard let filter = PinFilter(rawValue: text) else {
            throw ContentError(
                .invalidArgument,
                "invalid type '\(text)', must be one of {direct, indirect, recursive, all}")
        }
        self = filter
    }

    /// Whether pins of that kind are meant.
    func includes(_ kind: PinFilter) -> Bool { self == .all || self == kind }
}
