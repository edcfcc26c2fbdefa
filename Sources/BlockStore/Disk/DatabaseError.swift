/// LevelDB refused or failed. What it says as text is read here, once, and becomes a kind.
package struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of a failure, as LevelDB's status has it.
    package enum Kind: Sendable {
        /// A checksum or a structure on disk is wrong.
        case corruption
        /// A system call failed: disk, permission, number of open files.
        case inputOutput
        /// There is no database, or not all of its files.
        case missing
        /// Another database object holds the folder's lock.
        case locked
        /// The database was closed before the call.
        case closed
        /// It could not be reopened yet after a failure; the store goes on trying.
        case unavailable
        /// Anything else; a fault of this program.
        case other
    }

    /// What kind of failure.
    package let kind: Kind
    /// LevelDB's own text, with path and system message.
    package let message: String

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    static let closed = DatabaseError(kind: .closed, message: "the database is closed")

    /// Reads a status text. The prefixes are those of `util/status.cc`.
    package init(statusText: String) {
        message = statusText
        if statusText.hasPrefix("Corruption: ") {
            kind = .corruption
        } else if statusText.hasPrefix("IO error: ") {
            kind = Self.isLock(statusText) ? .locked : .inputOutput
        } else {
            kind = statusText.hasSuffix(Self.absence) ? .inputOutput : .other
        }
    }

    /// What LevelDB says when it does not find the `CURRENT` that `DatabaseFolder` has just opened.
    private static let absence = "does not exist (create_if_missing is false)"

    /// Whether the text is of the system's ENOSPC.
    var isDiskFull: Bool {
        kind == .inputOutput && message.lowercased().hasSuffix("no space left on device")
    }

    /// Whether this very process holds the lock already.
    package var isOwnLock: Bool {
        kind == .locked && message.hasSuffix("already held by process")
    }

    package var description: String { message }

    private static func isLock(_ text: String) -> Bool {
        text.hasPrefix("IO error: lock ")
            || (text.contains("/LOCK: ")
                && (text.hasSuffix("already held by process")
                    || text.hasSuffix("Resource temporarily unavailable")))
    }
}
