package import Buffers

extension UnixFSData {
    /// Reads a message with its sizes as a list; readers of content use `UnixFSDataView`.
    ///
    /// - Throws: as `UnixFSDataView`.
    package init(decoding bytes: Bytes) throws(UnixFSError) {
        let view = try UnixFSDataView(decoding: bytes)
        self.init(type: view.type)
        data = view.data
        fileSize = view.fileSize
        blockSizes.reserveCapacity(view.blockSizeCount)
        var sizes = view.blockSizes()
        while let size = sizes.next() { blockSizes.append(size) }
        hashType = view.hashType
        fanout = view.fanout
        metadata = view.metadata
    }
}
