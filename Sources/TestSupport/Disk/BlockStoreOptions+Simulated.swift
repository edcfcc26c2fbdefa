package import BlockStore

extension BlockStoreOptions {
    /// A store on a simulated disk, where everything happens early.
    package static func simulated(on disk: SimulatedDisk) -> BlockStoreOptions {
        var options = BlockStoreOptions(folder: "simulated")
        options.disk = disk
        options.makesIfMissing = true
        options.cacheByteCount = 0
        options.reserveByteCount = 0
        options.reopenDelay = .milliseconds(1)
        options.indexDelay = .milliseconds(1)
        return options
    }
}
