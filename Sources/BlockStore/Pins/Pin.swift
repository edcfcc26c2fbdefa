package import Buffers
package import Execution
package import Multiformats

/// A root that one holder wants kept. Others may want the same root kept, each in its own way: no change of
/// one touches another's.
package struct Pin: Hashable, Sendable {
    /// How much below the root is kept.
    package enum Mode: UInt8, Sendable, CaseIterable {
        /// The root and everything that it links to.
        case recursive = 1
        /// The root block alone.
        case direct = 2
    }

    /// Who wants it kept.
    package enum Holder: Hashable, Sendable {
        /// The Kubo RPC and the command line.
        case rpc
        /// A request of the pinning service, by its id.
        case request(Bytes)
        /// The profile of a storage class, by its name.
        case profile(Bytes)
    }

    /// The root.
    package let cid: CID
    /// Who wants it kept.
    package let holder: Holder
    /// How much below the root is kept.
    package var mode: Mode
    /// For people; may be empty.
    package var name: String
    /// When the holder pinned it first.
    package let created: WallTime

    package init(
        cid: CID, holder: Holder = .rpc, mode: Mode, name: String, created: WallTime
    ) {
        self.cid = cid
        self.holder = holder
        self.mode = mode
        self.name = name
        self.created = created
    }
}
