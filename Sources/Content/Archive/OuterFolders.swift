import UnixFS

/// The folders of an archive that were left for an entry in them: each where it stands.
///
/// They keep their blocks as those on other ways do (`OuterBlocks`): one gives way where what is in
/// memory below it is as much. So a large folder is not read again for each of many small entries.
/// A class, so that whoever reads those entries can have all of them let go of before it waits.
final class OuterFolders: BlockHolder {
    private struct Folder {
        var reader: DirectoryReader
        /// Counts the innermost of its blocks.
        var memory: (any KeptBlock)?

        mutating func letGo() {
            reader.release()
            memory = nil
        }
    }

    /// Memory of one, beside that of its reader and without a block.
    static let byteCount = MemoryLayout<Folder>.stride

    private var folders: [Folder] = []
    /// Gives entries of theirs, and has more of them read ahead.
    private let children: BlockReader

    init(with children: BlockReader) { self.children = children }

    /// Leaves the innermost folder for one of its entries.
    ///
    /// - Parameters:
    ///   - reader: stands behind the entry.
    ///   - memory: counts the block that it is at; what nobody counts is let go of.
    ///   - byteCountBelow: of the entry's block.
    func leave(
        _ reader: consuming DirectoryReader, countedIn memory: (any KeptBlock)?,
        before byteCountBelow: Int
    ) {
        folders.append(Folder(reader: reader, memory: memory))
        if memory == nil { folders[folders.count - 1].letGo() }
        dropOutweighed(by: byteCountBelow)
    }

    /// Comes back to the folder that was left last.
    ///
    /// - Returns: nil where there is none.
    func comeBack() -> (reader: DirectoryReader, memory: (any KeptBlock)?)? {
        folders.popLast().map { ($0.reader, $0.memory) }
    }

    /// Lets go of all blocks, and of what was read ahead.
    func release() {
        for index in folders.indices { folders[index].letGo() }
        children.release()
    }

    private func dropOutweighed(by innermostByteCount: Int) {
        var below = WeightBelow(byteCount: innermostByteCount)
        for index in folders.indices.reversed() where folders[index].memory != nil {
            if !below.keeps(folders[index].reader.heldByteCount) { folders[index].letGo() }
        }
    }
}
