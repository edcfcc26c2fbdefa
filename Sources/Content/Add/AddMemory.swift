import Multiformats

/// What one add remembers until its end: names and links of its folders, and results that wait; or an
/// import of its roots, and a run of blocks of their names.
final class AddMemory {
    /// An entry of a folder beside its name: its CID and sizes in the table, its place there, and the
    /// hash of its name.
    static let entryBytes = 80
    /// A folder while entries arrive, with its page of the table and its place in the folder above.
    static let folderBytes = 1 << 10
    /// A top of the add beside its name, with its result.
    static let rootBytes = 512

    private let share: StateShare
    private var byteCount = 0

    /// Starts with nothing.
    init(_ access: ContentAccess) { share = access.makeEntryShare() }

    /// Counts something, before it is kept.
    ///
    /// - Throws: `.tooMuchMemory` past what one request may hold, `.overloaded`, and as
    ///   `RequestContext.check()`.
    func take(_ more: Int) throws(ContentError) {
        try share.require(byteCount + more)
        byteCount += more
    }
}

extension AddResult {
    /// Memory that it takes in a list that grows by doubling, with its path.
    var memoryByteCount: Int {
        2 * MemoryLayout<AddResult>.stride + path.memoryByteCount + cid.outsideByteCount
    }
}
