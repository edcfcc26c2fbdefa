import Buffers
import IPLD
import Multiformats

/// The entries of one directory in little memory: about 70 bytes each, in large pages, so that a
/// folder of a million files fits into the memory for them.
///
/// - Invariant: positions grow with every entry that is added.
struct EntryTable {
    private static let pageByteCount = 64 << 10

    private var fullPages: [Bytes] = []
    private var page: [UInt8] = []
    private(set) var positions: [UInt64] = []

    mutating func append(name: Bytes, child: Child) {
        var record = ByteWriter(capacity: name.count + 64)
        record.appendVarint(UInt64(name.count))
        record.append(name)
        record.appendVarint(child.tsize)
        child.cid.write(to: &record)
        if page.count + record.count > Self.pageByteCount, !page.isEmpty { closePage() }
        growPage(for: record.count)
        positions.append(UInt64(fullPages.count) << 32 | UInt64(page.count))
        let bytes = record.finish()
        page.append(contentsOf: bytes.array)
    }

    /// Ends the adding; entries can be read from now on.
    mutating func close() { closePage() }

    /// Gives the positions away, for who orders them.
    mutating func takePositions() -> [UInt64] {
        defer { positions = [] }
        return positions
    }

    /// Memory that the entries take, with what is free in the page and in the list of positions.
    var memoryByteCount: Int {
        fullPages.reduce(page.capacity) { $0 + $1.heldByteCount + MemoryLayout<Bytes>.stride }
            + positions.capacity * MemoryLayout<UInt64>.stride
    }

    /// An array would double: of an add of many folders with some long names half would be room that
    /// nobody is charged for.
    private mutating func growPage(for more: Int) {
        let needed = page.count + more
        guard needed > page.capacity else { return }
        page.reserveCapacity(needed + page.count / 16)
    }

    private mutating func closePage() {
        fullPages.append(Bytes(page))
        page = []
    }

    /// The name of an entry, sharing the page's memory.
    func name(at position: UInt64) -> Bytes {
        var reader = Self.reader(at: position, in: fullPages)
        return Self.readName(&reader)
    }

    /// Whether an entry has this name.
    ///
    /// - Complexity: looks at every entry, so it is for those who have reason to believe it.
    func contains(_ name: Bytes) -> Bool {
        let pages = fullPages + [Bytes(page)]
        return positions.contains { position in
            var reader = Self.reader(at: position, in: pages)
            return Self.readName(&reader) == name
        }
    }

    /// An entry as a link.
    func link(at position: UInt64, prefix: Bytes = .empty) -> DagPBLink {
        var reader = Self.reader(at: position, in: fullPages)
        let name = Self.readName(&reader)
        guard let tsize = try? reader.readProtobufVarint(), let cid = try? CID(reading: &reader)
        else {
            preconditionFailure("the entry table lost an entry that it wrote itself")
        }
        return DagPBLink(cid: cid, nameBytes: prefix + name, tsize: tsize)
    }

    private static func reader(at position: UInt64, in pages: [Bytes]) -> ByteReader {
        ByteReader(pages[Int(position >> 32)].dropFirst(Int(position & 0xFFFF_FFFF)))
    }

    private static func readName(_ reader: inout ByteReader) -> Bytes {
        guard let count = try? reader.readVarint(), let name = try? reader.read(count) else {
            preconditionFailure("the entry table lost an entry that it wrote itself")
        }
        return name
    }
}

extension Bytes {
    fileprivate static func + (left: Bytes, right: Bytes) -> Bytes {
        guard !left.isEmpty else { return right }
        var writer = ByteWriter(capacity: left.count + right.count)
        writer.append(left)
        writer.append(right)
        return writer.finish()
    }
}
