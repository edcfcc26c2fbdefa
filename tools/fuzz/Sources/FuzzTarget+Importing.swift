import Buffers
import Multiformats
import UnixFS

extension FuzzTarget {
    static let importing = [
        FuzzTarget("chunker", checkChunker),
        FuzzTarget("import-options", upTo: 512, checkImportOptions),
        FuzzTarget("ignore-rules", upTo: 2_048, checkIgnoreRules),
    ]

    /// The first line is the specification, the rest is what is cut.
    private static func checkChunker(_ input: Bytes) throws {
        let (line, content) = input.splitAtFirst(0x0a)
        let text = String(decoding: line.array, as: UTF8.self)
        let specification = try Chunker.Specification(parsing: text)
        let again = try Finding.ifRefused("\(specification.text) is not read back") {
            try Chunker.Specification(parsing: specification.text)
        }
        try Finding.unless(again == specification, "\(text) is read as another specification")
        let whole = chunks(of: [content], specification)
        try Finding.unless(
            whole == chunks(of: Pieces(content), specification), "\(text) cuts pieces differently")
        var joined = ByteWriter()
        for chunk in whole { joined.append(chunk) }
        try Finding.unless(joined.finish() == content, "\(text) loses bytes")
    }

    private static func chunks(
        of pieces: some Sequence<Bytes>, _ specification: Chunker.Specification
    ) -> [Bytes] {
        var chunker = Chunker(specification)
        var chunks: [Bytes] = []
        for piece in pieces where !piece.isEmpty {
            chunker.feed(piece)
            while let chunk = chunker.next() { chunks.append(chunk.joined()) }
        }
        if let chunk = chunker.finish() { chunks.append(chunk.joined()) }
        return chunks
    }

    /// Options out of bytes; what is resolved must be something that a builder can work with.
    private static func checkImportOptions(_ input: Bytes) throws {
        var reader = ByteReader(input)
        let request = try ImportRequest(reading: &reader)
        let options = try ImportOptions.resolve(from: request)
        let blocks = SealedBlocks()
        let content = reader.readRest()
        let file = try blocks.add(file: content, options)
        try Finding.unless(
            try blocks.content(of: file) == content, "a file is not what was added")
        try blocks.checkFolder(of: file, options)
    }

    /// Rules up to the first zero byte, then a path.
    private static func checkIgnoreRules(_ input: Bytes) throws {
        let (text, path) = input.splitAtFirst(0)
        var rules = IgnoreRules()
        rules.add(contents: text)
        let isIgnored = rules.ignores(path, isDirectory: false)
        try Finding.unless(
            !isIgnored || rules.ignores(path.appending("/x"), isDirectory: false) || path.isEmpty
                || rules.ignores(path, isDirectory: true) == false,
            "something in an ignored folder comes back")
    }
}

extension Bytes {
    /// What stands before and behind the first byte of a value; everything and nothing without one.
    func splitAtFirst(_ byte: UInt8) -> (Bytes, Bytes) {
        guard let index = firstIndex(of: Bytes([byte])) else { return (self, .empty) }
        return (prefix(index), dropFirst(index + 1))
    }
}

extension ImportRequest {
    /// One byte says which options are there, then come their values.
    fileprivate init(reading reader: inout ByteReader) throws {
        self.init()
        let flags = try reader.readByte()
        let more = try reader.readByte()
        if flags & 1 != 0 { cidVersion = Int(try reader.readByte()) % 4 }
        if flags & 2 != 0 { rawLeaves = try reader.readByte() & 1 == 0 }
        if flags & 4 != 0 { hash = MultihashCode(rawValue: try reader.readVarint()) }
        if flags & 8 != 0 { chunker = "size-\(try reader.readByte())" }
        if flags & 16 != 0 { trickle = try reader.readByte() & 1 == 0 }
        if flags & 32 != 0 { maxFileLinks = try reader.readSmallInteger() }
        if flags & 64 != 0 { maxDirectoryLinks = try reader.readSmallInteger() }
        if flags & 128 != 0 { maxHAMTFanout = try reader.readSmallInteger() }
        inline = more & 1 != 0
        if more & 2 != 0 { inlineLimit = try reader.readSmallInteger() }
        preserveMode = more & 4 != 0
        preserveMtime = more & 8 != 0
        if more & 16 != 0 { mode = try reader.readVarint() }
        if more & 32 != 0 { mtime = Int64(bitPattern: try reader.readBigEndian(UInt64.self)) }
        if more & 64 != 0 { mtimeNanoseconds = Int64(try reader.readVarint()) }
        wrapWithDirectory = more & 128 != 0
    }
}

extension ByteReader {
    fileprivate mutating func readSmallInteger() throws -> Int {
        Int(Int16(bitPattern: try readBigEndian(UInt16.self)))
    }
}
