import Buffers
import IPLD
import Multiformats

/// Everything that a reader finds in a CAR, until it is refused.
struct CARContents: Equatable {
    /// A block as it stands there; nothing says that its hash is right.
    struct Section: Equatable {
        let cid: CID
        let bytes: Bytes
    }

    private(set) var version: Int?
    private(set) var roots: [CID] = []
    private(set) var blocks: [Section] = []
    /// Why reading ended early.
    private(set) var problem: CARError?

    init(reading pieces: some Sequence<Bytes>) {
        var reader = CARReader(sectionBytesMax: 1 << 16)
        do throws(CARError) {
            for piece in pieces {
                reader.feed(piece)
                while let event = try reader.next() { take(event) }
            }
            try reader.finish()
        } catch {
            problem = error
        }
    }

    private mutating func take(_ event: CARReader.Event) {
        switch event {
        case .header(let version, let roots): (self.version, self.roots) = (Int(version), roots)
        case .block(let block): blocks.append(Section(cid: block.cid, bytes: block.bytes))
        }
    }

    /// The same as a CAR of version 1.
    func written() -> Bytes {
        var writer = ByteWriter()
        writer.append(CARWriter.header(roots: roots))
        for block in blocks {
            writer.append(CARWriter.sectionHead(cid: block.cid, payloadCount: block.bytes.count))
            writer.append(block.bytes)
        }
        return writer.finish()
    }
}
