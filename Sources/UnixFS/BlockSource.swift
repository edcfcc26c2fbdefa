package import Buffers
package import Multiformats

/// Where readers get blocks from.
///
/// Implementations answer identity CIDs from the CID itself and give only bytes that match the CID.
package protocol BlockSource {
    /// The bytes of a block. What was given before it is not used any more, unless it was kept.
    ///
    /// - Throws: whatever the source throws when it does not have the block; readers pass it on.
    func block(_ cid: CID) throws -> Bytes

    /// The block that was given last goes on being used, in place of the one that was kept before:
    /// its children come next. For sources that count memory.
    ///
    /// - Returns: what counts the one before, for a reader that comes back to that with `keep(_:)`; nil
    ///   where there is none, or nothing was given since.
    @discardableResult func keepLast() -> (any KeptBlock)?

    /// A block that was kept before is used again, in place of the one that was kept last.
    ///
    /// - Parameter block: from `keepLast()`.
    func keep(_ block: any KeptBlock)

    /// The bytes of a block, for a reader that holds others.
    ///
    /// - Parameter letGo: lets go of them, what was kept included. Called before the source waits for
    ///   memory: those who wait for it while they hold some would wait for each other. Also where it has
    ///   held some for long while others wait.
    /// - Throws: as `block(_:)`.
    func block(_ cid: CID, beforeWaiting letGo: () -> Void) throws -> Bytes

    /// Called for each step that asks for no block: a part that is passed over.
    ///
    /// - Throws: when nobody waits for the reader any more.
    func check() throws
}

extension BlockSource {
    @discardableResult package func keepLast() -> (any KeptBlock)? { nil }

    package func keep(_ block: any KeptBlock) {}

    package func check() throws {}

    package func block(_ cid: CID, beforeWaiting letGo: () -> Void) throws -> Bytes {
        try block(cid)
    }
}
