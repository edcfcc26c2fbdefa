package import Multiformats

/// Why the store could not do what was asked. The message says what to do about it.
package struct BlockStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure; surfaces choose their status from it.
    package enum Code: Sendable, Hashable {
        /// Writing would leave less than the reserve: this many bytes are missing.
        case diskFull(missingByteCount: Int)
        /// A write to the database failed; it takes no writes until it has been reopened.
        case readOnly
        /// The disk did not give the bytes of a block.
        case readError
        /// A checksum or a header is wrong: the block is quarantined, or the database is damaged.
        case corrupt
        /// Another process has the repository open; nil when the system does not tell which.
        case lockedByProcess(Int32?)
        /// Something on disk was written by a later version of this program.
        case newerVersion
        /// The caller's deadline passed while it waited.
        case deadlineExceeded
        /// The store is closed or closing.
        case closed
        /// A block is larger than a block may be.
        case tooLarge
        /// The folder cannot be made, opened or measured.
        case folder
        /// There is no pin to change.
        case notPinned
        /// The root has a recursive pin, and the change would keep less of it.
        case pinnedRecursively(CID)
    }

    /// Whether trying again can help.
    package enum Retry: Sendable {
        /// Not with the same request.
        case never
        /// Later, by itself.
        case afterDelay
        /// Once somebody has done what the message says.
        case afterRepair
    }

    /// What kind of failure.
    package let code: Code
    /// What happened and what to do, for people.
    package let message: String
    /// The block that it is about, if it is about one.
    package let multihash: Multihash?

    package init(_ code: Code, _ message: String, multihash: Multihash? = nil) {
        self.code = code
        self.message = message
        self.multihash = multihash
    }

    /// Whether trying again can help.
    package var retry: Retry {
        switch code {
        case .diskFull, .readOnly, .deadlineExceeded: .afterDelay
        case .readError, .corrupt, .lockedByProcess, .folder: .afterRepair
        case .newerVersion, .closed, .tooLarge, .notPinned, .pinnedRecursively: .never
        }
    }

    package var description: String { message }

    static let closed = BlockStoreError(.closed, "the block store is closed")

    static let reopenedMeanwhile = BlockStoreError(
        .readOnly, "blocks/ was reopened while a change was being made: try again")

    static let metaReopenedMeanwhile = BlockStoreError(
        .readOnly, "meta/ was reopened while a change was being made: try again")

    static let metaIsIncomplete = BlockStoreError(
        .readOnly,
        "meta/ was damaged and has been repaired while the node ran, and may lack pins: nothing is removed "
            + "until it has been compared with blocks/; restart the node")

    static func deadline(_ what: String) -> BlockStoreError {
        BlockStoreError(.deadlineExceeded, "the deadline passed while waiting for \(what)")
    }

    static func digestTooLong(_ byteCount: Int) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "a digest of \(byteCount) bytes is longer than the \(Limits.digestBytesMax) bytes that a "
                + "block may be stored under")
    }

    static func pinTooLong(_ byteCount: Int) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "a CID with a digest of \(byteCount) bytes cannot be pinned: a digest may have "
                + "\(Limits.digestBytesMax) bytes")
    }

    static let pinHolderTooLong = BlockStoreError(
        .tooLarge,
        "what tells a holder of pins from others may have \(Limits.pinHolderBytesMax) bytes")

    static func tooLarge(_ byteCount: Int) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "a block of \(byteCount) bytes is larger than the \(Limits.blockBytesMax) bytes that a "
                + "block may have")
    }
}
