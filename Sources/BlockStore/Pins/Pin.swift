package import Execution
package import Multiformats

/// A root that must be kept, and why.
package struct Pin: Hashable, Sendable {
    /// How much below the root is kept.
    package enum Mode: UInt8, Sendable, CaseIterable {
        /// The root and everything that it links to.
        case recursive = 1
        /// The root block alone.
        case direct = 2
    }

    /// Who wants it kept; a pin goes away with its last holder.
    package struct Holders: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The Kubo RPC and the command line.
        package static let rpc = Holders(rawValue: 1)
        /// The pinning service.
        package static let pinningService = Holders(rawValue: 2)
        /// The profile of a storage class.
        package static let classProfile = Holders(rawValue: 4)
    }

    /// The root.
    package let cid: CID
    /// How much below it is kept.
    package var mode: Mode
    /// For people; may be empty.
    package var name: String
    /// When it was first pinned.
    package let created: WallTime
    /// Who wants it kept.
    package var holders: Holders

    package init(cid: CID, mode: Mode, name: String, created: WallTime, holders: Holders) {
        self.cid = cid
        self.mode = mode
        self.name = name
        self.created = created
        self.holders = holders
    }
}
