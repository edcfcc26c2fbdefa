import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Folders whose shards have many small shards below them.
@Suite(.timeLimit(.minutes(40)))
struct WideShardTests {
    /// Coming back to a shard costs the next link: it was looked at as a whole before.
    /// The deadline is far from what the listing takes, under a sanitizer too.
    @Test func aWideShardOverSmallOnesIsListed() throws {
        let scratch = try ScratchLibrary()
        let blocks = HostileBlocks(scratch)
        let small = try shard([("000a", try blocks.raw("x"))], blocks)
        let wide = try shard((0..<1_024).map { (Self.digits($0), small) }, blocks)
        let root = try shard((0..<32).map { (Self.digits($0), wide) }, blocks)
        let context = RequestContext(deadline: .after(.seconds(900)))
        let reader = scratch.library.access(for: context).makeReader()
        var folder = try DirectoryReader(root: root, from: reader)
        var count = 0
        while try folder.next(from: reader) != nil {
            try context.check()
            count += 1
        }
        #expect(count == 32 * 1_024)
        var shards = try DirectoryReader(root: root, from: reader)
        count = 0
        while try shards.nextShard(from: reader, wants: { _ in true }) != nil {
            try context.check()
            count += 1
        }
        #expect(count == 32 + 32 * 1_024)
    }

    private static func digits(_ bucket: Int) -> String {
        let text = String(bucket, radix: 16, uppercase: true)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    private func shard(_ links: [(name: String, cid: CID)], _ blocks: HostileBlocks) throws -> CID {
        var bitmap = [UInt8](repeating: 0, count: 128)
        for bucket in links.indices { bitmap[127 - bucket / 8] |= 1 << (bucket % 8) }
        var message = UnixFSData(type: .shard)
        (message.data, message.hashType, message.fanout) = (Bytes(bitmap), 0x22, 1_024)
        return try blocks.store(
            DagPBNode(
                links: links.map { DagPBLink(cid: $0.cid, name: $0.name, tsize: 1) },
                data: message.encode()
            ).encode(), .dagPB)
    }
}
