package import Buffers

/// Where an entry of an add stands: names from the top of the add downwards.
///
/// Whatever a client sends is cleaned against the root: an absolute path becomes relative, and `..`
/// never leaves the root. No names at all is the entry that came without a name.
package struct EntryPath: Hashable, Sendable {
    /// The names; none is empty, `.` or `..`, and none has a slash.
    package let names: [Bytes]

    /// Cleans what a client sent, or a file system gave. It need not be UTF-8.
    ///
    /// - Parameter bytes: names with slashes between them, percent-encoding already removed.
    /// - Throws: `.invalidArgument` for more levels than the limits allow.
    package init(cleaning bytes: Bytes) throws(ContentError) {
        var names: [Bytes] = []
        for part in bytes.split(separator: UInt8(ascii: "/")) where part != "." {
            if part == ".." {
                _ = names.popLast()
            } else {
                // A copy: the name outlives the head of the part that it was sent in.
                names.append(Bytes(part.array))
            }
        }
        guard names.count <= Limits.entryNamesMax else {
            throw .addTooDeep
        }
        self.names = names
    }

    private init(names: [Bytes]) { self.names = names }

    /// The path of one name that has been cleaned.
    init(_ name: Bytes) { names = [name] }

    /// The path without names.
    package static let top = EntryPath(names: [])

    /// The path with one more name at its end.
    func appending(_ name: Bytes) -> EntryPath { EntryPath(names: names + [name]) }

    /// Memory that the names take, each in a region of its own.
    package var memoryByteCount: Int {
        names.reduce(0) { $0 + $1.count + 2 * MemoryLayout<Bytes>.stride + 96 }
    }

    /// The names with slashes.
    package var bytes: Bytes { names.joined(separator: "/") }
}

extension ContentError {
    /// The error for an add with more levels of folders than can be got again.
    static let addTooDeep = ContentError(
        .invalidArgument,
        "there are more than \(Limits.pathSegmentsMax) folders one in the other: add one further down"
    )
}
