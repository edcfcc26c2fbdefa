import Buffers
import Content
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Listings of folders with names that are longer than what is kept of them while their children are read.
@Suite(.timeLimit(.minutes(40)))
struct ListingTests {
    private static let lengths = [1, 1_023, 1_024, 1_025, 5_000, 70_000]

    private func name(_ byteCount: Int) -> Bytes {
        Bytes((0..<byteCount).map { UInt8(97 + ($0 + byteCount) % 26) })
    }

    @Test(arguments: [false, true])
    func namesAreWholeHoweverLong(isSharded: Bool) throws {
        let scratch = try ScratchLibrary(egressBytesMax: 1 << 20, largeEgressBytesMax: 3 << 20)
        let blocks = HostileBlocks(scratch)
        let children = try [blocks.node([]), blocks.raw("leaf")]
        var options = ImportOptions()
        options.hamtThreshold = isSharded ? 1 : .max
        var builder = DirectoryBuilder(options: options)
        for length in Self.lengths {
            for (index, cid) in children.enumerated() {
                let name = name(length).appending([UInt8(48 + index)])
                try builder.add(name, Child(cid: cid, fileByteCount: 0, tsize: 4))
            }
        }
        let root = try builder.finish(seal: blocks.store).cid
        for resolves in [true, false] {
            var listing = try Listing(root, resolvesChildren: resolves, access: scratch.access)
            var found: Set<Bytes> = []
            while let link = try listing.next() {
                found.insert(link.name)
                let isFolder = link.name.last == UInt8(ascii: "0")
                #expect(link.cid == children[isFolder ? 0 : 1])
                #expect(link.kind == (isFolder ? (resolves ? .folder : .unknown) : .file))
            }
            #expect(found.count == 2 * Self.lengths.count)
            #expect(Set(found.map(\.count)) == Set(Self.lengths.map { $0 + 1 }))
            #expect(found.allSatisfy { $0.dropLast(1) == name($0.count - 1) })
        }
    }
}
