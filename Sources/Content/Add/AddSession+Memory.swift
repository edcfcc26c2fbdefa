import Buffers
import Execution
import UnixFS

/// What an add takes of the memory that it keeps to its end: `entries`.
///
/// Who holds some of it may wait for the memory of unfinished chunks (`assembly`, when it goes on with what
/// waited in a file), so nobody waits for it with a chunk in hand: each would wait for the other.
extension AddSession {
    /// Counts the path of the entry at hand. A client may stop behind the head of a part, and 257 names
    /// from there take 55 KB.
    func hold(_ path: EntryPath) throws {
        memory.forget(heldByteCount)
        heldByteCount = 0
        let byteCount = path.memoryByteCount
        try makeRoom(for: byteCount)
        try memory.take(byteCount)
        heldByteCount = byteCount
    }

    /// The path of the entry at hand stays as that of the last folder, in the place of the one before.
    func keepFolder(of path: EntryPath) {
        lastFolder = path.names.dropLast()
        memory.forget(lastFolderByteCount)
        (lastFolderByteCount, heldByteCount) = (heldByteCount, 0)
    }

    /// Sees to it that an entry, and what is in line, can be placed without a wait. Who waits has delivered
    /// what was in line.
    func makeRoom(for byteCount: Int) throws {
        while try !hasRoom(for: byteCount) {
            if try leaves.deliverSome(deliver: deliver) { continue }
            return try memory.makeRoom(for: pendingByteCount + byteCount) {}
        }
    }

    private func hasRoom(for byteCount: Int) throws -> Bool {
        let wanted = pendingByteCount + byteCount
        // What is there and not needed is others'.
        if access.library.entryMemory.isWanted { memory.giveBack(keeping: wanted) }
        guard wanted <= Limits.pendingEntryBytesMax else { return false }
        return try memory.makeRoomAtOnce(for: wanted)
    }

    // MARK: links

    /// Sees to it that the links of what comes next can be taken without a wait. What is unfinished is put
    /// aside where that has to be waited for. To be called where nothing waits to be scanned.
    ///
    /// - Parameter byteCount: of the file that may become leaves beside what is unfinished.
    func makeLinkRoom(for byteCount: Int, in file: PendingFile) throws {
        giveBackLinkRoom()
        let wanted = min(file.linkByteCount(ofLeavesIn: byteCount), Limits.linkRoomBytesMax)
        guard wanted > 0 else { return }
        while try !hasRoom(for: wanted) {
            if try leaves.deliverSome(deliver: deliver) { continue }
            if unfinished.holdsMemory { try putAside(file) }
            try memory.makeRoom(for: pendingByteCount + wanted) {}
            break
        }
        linkRoomByteCount = wanted
        pendingByteCount += wanted
    }

    /// What was not needed of it is free for others.
    func giveBackLinkRoom() {
        pendingByteCount -= linkRoomByteCount
        linkRoomByteCount = 0
    }

    /// Takes room for the link of a leaf that comes in line.
    ///
    /// - Returns: what that may take.
    /// - Throws: `.overloaded` where that had to be waited for with a chunk in hand, as of a chunker that makes
    ///   very short ones and long ones.
    func takeLinkRoom(for leaf: Leaf, of file: PendingFile) throws -> Int {
        let byteCount = file.nextLinkByteCount()
        if byteCount <= linkRoomByteCount {
            linkRoomByteCount -= byteCount
            return byteCount
        }
        while try !hasRoom(for: byteCount) {
            if try leaves.deliverSome(deliver: deliver) { continue }
            guard
                leaf.chunk.count + file.builder.heldCount <= Limits.freeUnfinishedBytes
            else { throw memory.isFull }
            unfinished.end()
            try memory.makeRoom(for: pendingByteCount + byteCount) {}
            break
        }
        pendingByteCount += byteCount
        return byteCount
    }
}
