import Buffers
import UnixFS

/// Chunkers over 16 MiB fed in pieces of 1 MiB.
enum ChunkerRows {
    static func measure(into table: MicroTable) throws {
        let input = MicroData.noise(16 << 20)
        for name in ["size-262144", "rabin", "buzhash"] {
            let specification = try Chunker.Specification(parsing: name)
            try table.row(
                "chunker \(name)", byteCount: input.count, anchor: { MicroData.copy(input) },
                work: { MicroData.keep(cut(input, specification)) })
        }
    }

    private static func cut(_ input: Bytes, _ specification: Chunker.Specification) -> Int {
        var chunker = Chunker(specification)
        var count = 0
        for offset in stride(from: 0, to: input.count, by: 1 << 20) {
            chunker.feed(input.dropFirst(offset).prefix(1 << 20))
            while let chunk = chunker.next() { count += chunk.count }
        }
        return count + (chunker.finish()?.count ?? 0)
    }
}
