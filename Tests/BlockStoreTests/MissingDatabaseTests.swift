import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

/// Databases that are gone, wholly or in part: never made anew over what is left.
@Suite(.timeLimit(.minutes(40)))
struct MissingDatabaseTests {
    /// What becomes of `CURRENT`, the one file that LevelDB looks for.
    enum Loss: CaseIterable {
        case removed
        /// A link to itself: no look at it succeeds, and it is not absent.
        case unreadable
    }

    @Test(arguments: ["blocks", "meta"], Loss.allCases)
    func nothingIsDeletedWhereCurrentCannotBeRead(database: String, loss: Loss) throws {
        let scratch = try ScratchStore()
        let block = try VerifiedBlock(sample: 1)
        try fill(scratch, block)
        let folder = scratch.folder + "/" + database
        let current = try File.readAll(folder + "/CURRENT", limit: 99)
        try File.remove(folder + "/CURRENT")
        if loss == .unreadable { try File.makeLink(folder + "/CURRENT", to: "CURRENT") }
        let names = try File.names(in: folder)

        for makesIfMissing in [false, true] {
            var options = scratch.options
            options.makesIfMissing = makesIfMissing
            let error = try #require(throws: BlockStoreError.self) { try BlockStore.open(options) }
            #expect(error.message.contains(folder + "/CURRENT"), "\(error)")
            #expect(error.message.contains("nothing was "), "\(error)")
            #expect(error.retry == .afterRepair)
            #expect(try File.names(in: folder) == names)
        }
        #expect(throws: BlockStoreError.self) { try BlockStore.make(scratch.options) }
        #expect(try File.names(in: folder) == names)

        if loss == .unreadable { try File.remove(folder + "/CURRENT") }
        try File.replace(folder + "/CURRENT", with: current)
        let store = try scratch.open()
        #expect(try store.get(block.multihash) == block.bytes)
        #expect(try store.pin(of: block.cid) != nil)
    }

    @Test(arguments: ["blocks", "meta"], [false, true])
    func aDatabaseThatIsGoneIsMissed(database: String, leavesFolder: Bool) throws {
        let scratch = try ScratchStore()
        try fill(scratch, try VerifiedBlock(sample: 1))
        let folder = scratch.folder + "/" + database
        try File.rename(folder, to: folder + "-away")
        if leavesFolder { try File.makeFolder(folder) }
        var options = scratch.options
        options.makesIfMissing = false
        let error = try #require(throws: BlockStoreError.self) { try BlockStore.open(options) }
        #expect(error.message.contains(folder), "\(error)")
        #expect(error.code == .folder)
        #expect((try? File.names(in: folder)) == (leavesFolder ? [] : nil))
    }

    @Test func aMakingThatWasBrokenOffIsRepeated() throws {
        let scratch = try ScratchStore()
        var options = scratch.options
        try File.makeFolder(scratch.folder + "/meta")
        for name in ["LOCK", "LOG", "MANIFEST-000001", "000001.dbtmp"] {
            try File.replace(scratch.folder + "/meta/" + name, with: .empty)
        }
        try BlockStore.make(options)
        options.makesIfMissing = false
        let block = try VerifiedBlock(sample: 1)
        do {
            let store = try BlockStore.open(options)
            try store.append([block], by: soon())
            store.close()
        }
        // What is there stays.
        try BlockStore.make(options)
        #expect(try BlockStore.open(options).get(block.multihash) == block.bytes)
    }

    private func fill(_ scratch: ScratchStore, _ block: VerifiedBlock) throws {
        let store = try scratch.open()
        try store.append([block], by: soon())
        try store.pin(block.cid, mode: .direct, name: "", by: soon())
        store.close()
    }
}
