package import Multiformats

/// How a block is kept.
package enum PinStatus: Sendable, Hashable {
    /// A recursive pin of its own.
    case recursive(name: String)
    /// A direct pin of its own.
    case direct(name: String)
    /// Below a recursive pin; a listing does not say which.
    case indirect(through: CID?)

    /// What `pin/ls` prints as the type.
    package var typeText: String {
        switch self {
        case .recursive: "recursive"
        case .direct: "direct"
        case .indirect(let root?): "indirect through \(root.text())"
        case .indirect(nil): "indirect"
        }
    }

    /// The name of the pin; empty for an indirect one.
    package var name: String {
        switch self {
        case .recursive(let name), .direct(let name): name
        case .indirect: ""
        }
    }
}

/// How some blocks are kept.
package struct PinStatuses: Sendable {
    /// One for each block, in order; nil where none was found.
    package let statuses: [PinStatus?]
    /// Why one that was not found may be there.
    let gap: PinGap?

    /// The error for a block that none was found for.
    ///
    /// - Parameter text: what the client sent for the CID.
    package func error(for cid: CID, text: String) -> ContentError {
        // Clients take what has `is not pinned` in it for an answer.
        gap?.error("cannot tell whether path '\(text)' has a pin")
            ?? ContentError(.notPinned, "path '\(text)' is not pinned", cid: cid)
    }
}

/// How far a recursive pin has come.
package struct PinProgress: Sendable, Hashable {
    /// Blocks that were found.
    package var blockCount: UInt64 = 0
    /// Their bytes.
    package var byteCount: UInt64 = 0

    /// Nothing yet.
    package init() {}
}
