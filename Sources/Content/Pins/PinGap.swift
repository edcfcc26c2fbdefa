import Multiformats

/// A block below a pin that hides what is below it, because it is missing, damaged or cannot be decoded:
/// whatever the walks over all pins have not met may be there.
package struct PinGap: Sendable {
    private let cid: CID
    private let root: CID
    private let fault: ContentError

    /// - Returns: nil for a block that hides nothing.
    init?(_ visit: DAGWalk.Visit, below root: CID) {
        guard visit.hidesBlocks, let fault = visit.fault else { return nil }
        // It is kept while other blocks are read.
        cid = visit.cid.compacted()
        self.root = root.compacted()
        self.fault = fault.withoutCause
    }

    /// The error for what cannot be told because of it, with what to do about it.
    ///
    /// - Parameter words: what that is.
    package func error(_ words: String) -> ContentError {
        let place = cid == root ? "the pinned" : "block \(cid.text()) of the pin"
        let text =
            "\(words): what is below \(place) \(root.text()) cannot be read (\(fault.message)); store "
            + "block \(cid.text()) again, or unpin \(root.text()); pin verify names all such blocks"
        return ContentError(fault.code, text, cid: cid, cause: fault.cause)
    }
}
