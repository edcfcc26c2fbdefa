import BlockStore
import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct NodeTests {
    private let scratch: ScratchLibrary

    init() throws { scratch = try ScratchLibrary() }

    @Test func aNodeGoesFromOneCodecToAnother() throws {
        let json = Bytes(utf8: "{\"b\":[1,null,\"x\"],\"a\":{\"/\":{\"bytes\":\"AQI\"}}}")
        let cbor = try NodeConversion.convert(
            json, from: .dagJSON, to: .dagCBOR, access: scratch.access)
        #expect(cbor == [0xa2, 0x61, 0x61, 0x42, 1, 2, 0x61, 0x62, 0x83, 1, 0xf6, 0x61, 0x78])
        let back = try NodeConversion.convert(
            cbor, from: .dagCBOR, to: .dagJSON, access: scratch.access)
        #expect(back.utf8Text == "{\"a\":{\"/\":{\"bytes\":\"AQI\"}},\"b\":[1,null,\"x\"]}")
    }

    /// Two names that are no texts must not become one, nor change the block.
    @Test func namesOfLinksThatAreNoTextsStayAsTheyAre() throws {
        let leaf = try CID(parsing: "bafkqaaa")
        let names: [Bytes] = [[0xc3], "é", "e\u{301}", [0xff], [0xfe, 0xfe]].sorted()
        let node = DagPBNode(
            links: names.map { DagPBLink(cid: leaf, nameBytes: $0, tsize: 1) }, data: [8, 1])
        let block = node.encode()
        let same = try NodeConversion.convert(
            block, from: .dagPB, to: .dagPB, access: scratch.access)
        #expect(same == block)
        let shuffled = DagPBNode(links: node.links.reversed(), data: node.data).encode()
        #expect(
            try NodeConversion.convert(shuffled, from: .dagPB, to: .dagPB, access: scratch.access)
                == block)
        for codec in [Multicodec.dagCBOR, .dagJSON] {
            let error = contentError {
                _ = try NodeConversion.convert(
                    block, from: .dagPB, to: codec, access: scratch.access)
            }
            #expect(error?.message.contains("is not UTF-8") == true)
        }
    }

    @Test func aValueInsideANodeCanBeAskedFor() throws {
        let writer = BlockWriter(scratch.access)
        var naming = BlockWriter.Naming()
        naming.codec = .dagCBOR
        let node = try NodeConversion.convert(
            Bytes(utf8: "{\"a\":[7,{\"b\":true}]}"), from: .dagJSON, to: .dagCBOR,
            access: scratch.access)
        let cid = try writer.put(node, naming: naming)
        try writer.finish(pins: true)
        for (path, text) in [("/a/1/b", "true"), ("/a/0", "7"), ("", "{\"a\":[7,{\"b\":true}]}")] {
            let found = try scratch.resolve(cid.text() + path)
            let bytes = try NodeConversion.get(found, as: .dagJSON, access: scratch.access)
            #expect(bytes.utf8Text == text)
        }
        #expect(try Pins(scratch.library).pin(of: cid) != nil)
    }

    /// Whoever reads a block out of it must not be counted as done while it still does.
    @Test func theBlockCountsUntilItIsConverted() throws {
        let bytes = Bytes([UInt8](repeating: 7, count: 500_000))
        var naming = BlockWriter.Naming()
        naming.codec = .dagCBOR
        let writer = BlockWriter(scratch.access)
        let cid = try writer.put(try DagCBOR.encode(.bytes(bytes)), naming: naming)
        try writer.finish()
        let library = scratch.library
        let found = try scratch.resolve(cid.text())
        try NodeConversion.get(found, as: .dagJSON, access: scratch.access) { (value: Bytes) in
            #expect(!value.isEmpty)
            #expect(library.blockMemory.inUse >= bytes.count)
            #expect(library.decodingBudget.inUse >= bytes.count)
        }
        #expect(comesBack { library.blockMemory.inUse })
        #expect(library.decodingBudget.inUse == 0)
    }

    /// Each wants more than half of the memory for it: they go one after the other, and do not wait for
    /// each other until all of them fail.
    @Test func conversionsAtOnceAllEnd() throws {
        // A sanitizer has not the time to do so.
        let count = TestScale.isSanitized ? 50_000 : 500_000
        let length = [24, 16, 8, 0].map { UInt8(count >> $0 & 0xFF) }
        let ones = Bytes([0x9A] + length)
            .appending(Bytes([UInt8](repeating: 1, count: count)))
        let access = scratch.access
        let lengths = Locked<[Int]>([])
        let threads = (0..<4).map { _ in
            Thread(name: "conversion") {
                let text = try? NodeConversion.convert(
                    ones, from: .dagCBOR, to: .dagJSON, access: access)
                lengths.withLock { $0.append(text?.count ?? 0) }
            }
        }
        for thread in threads { thread.join() }
        #expect(lengths.withLock { $0 } == Array(repeating: 2 * count + 1, count: 4))
        #expect(scratch.library.decodingBudget.inUse == 0)
    }

    /// `dag put` from a form of a node whose links are in no order.
    @Test func linksOfANodeComeIntoOrder() throws {
        let form = { (names: [String]) in
            let links = names.map { "{\"Hash\":{\"/\":\"bafkqaaa\"},\"Name\":\"\($0)\"}" }
            return Bytes(utf8: "{\"Links\":[\(links.joined(separator: ","))]}")
        }
        let put = { (json: Bytes) in
            try NodeConversion.convert(
                json, from: .dagJSON, to: .dagPB, access: scratch.access)
        }
        let block = try put(form(["b", "é", "a", "aa"]))
        #expect(try block == put(form(["a", "aa", "b", "é"])))
        #expect(try DagPBNode(decoding: block).links.map(\.name) == ["a", "aa", "b", "é"])
    }

    /// Each link takes eight bytes of the block, and thirteen times as much in a list.
    @Test(arguments: [1_000, 300_000])
    func aNodeOfVeryManyLinksIsNotDecoded(count: Int) throws {
        let link: [UInt8] = [0x12, 0x06, 0x0a, 0x04, 0x01, 0x55, 0x00, 0x00]
        var writer = ByteWriter(capacity: count * link.count)
        for _ in 0..<count { writer.append(link) }
        let block = writer.finish()
        var same: Bytes?
        let error = contentError {
            same = try NodeConversion.convert(
                block, from: .dagPB, to: .dagPB, access: scratch.access)
        }
        #expect(same == (count == 1_000 ? block : nil))
        #expect(error?.code == (count == 1_000 ? nil : .tooMuchMemory))
        #expect(scratch.library.decodingBudget.inUse == 0)
    }

    @Test func unknownCodecsAndBrokenInputAreRefused() {
        let broken = contentError {
            _ = try NodeConversion.convert(
                Bytes(utf8: "{"), from: .dagJSON, to: .dagCBOR, access: scratch.access)
        }
        #expect(broken?.code == .undecodable)
        let unknown = contentError {
            _ = try NodeConversion.convert(
                .empty, from: .libp2pKey, to: .dagCBOR, access: scratch.access)
        }
        #expect(unknown?.code == .unsupportedCodec)
    }

    @Test func blocksGetTheNameThatIsAskedFor() throws {
        let writer = BlockWriter(scratch.access)
        let bytes = Bytes(utf8: "hello\n")
        let raw = try writer.put(bytes, naming: .init())
        #expect(raw.text() == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am")
        var naming = BlockWriter.Naming()
        naming.version = .v0
        naming.codec = .dagPB
        let old = try writer.put([0x0a, 0x02, 0x08, 0x01], naming: naming)
        #expect(old.text() == "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn")
        naming.codec = .raw
        #expect(contentError { _ = try writer.put(bytes, naming: naming) } != nil)
        var short = BlockWriter.Naming()
        short.hash = .sha2_512
        short.digestByteCount = 20
        let cut = try writer.put(bytes, naming: short)
        #expect(cut.multihash.digestCount == 20)
        try writer.finish()
        #expect(try scratch.access.makeReader().block(cut) == bytes)
        short.digestByteCount = 19
        #expect(contentError { _ = try writer.put(bytes, naming: short) } != nil)
    }

    /// A client may send as many small ones as it likes.
    @Test func theNamesOfManyBlocksAreCounted() throws {
        do {
            let writer = BlockWriter(scratch.access)
            for number in 0..<5_000 {
                _ = try writer.put(Bytes(utf8: "\(number)"), naming: .init())
            }
            #expect(scratch.library.entryMemory.budget.inUse >= 5_000 * MemoryLayout<CID>.stride)
            try writer.finish()
        }
        #expect(scratch.library.entryMemory.budget.inUse == 0)
    }

    @Test func aBlockOverTwoMiBIsNotStored() throws {
        let writer = BlockWriter(scratch.access)
        let bytes = Bytes([UInt8](repeating: 1, count: (2 << 20) + 1))
        let error = contentError { _ = try writer.put(bytes, naming: .init()) }
        #expect(error?.message.hasPrefix("produced block is over 2MiB: ") == true)
        try writer.finish()
        #expect(scratch.store.statistics.blockCount == 0)
    }
}

extension NodeConversion {
    fileprivate static func convert(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, access: ContentAccess
    ) throws -> Bytes {
        var memory = ConversionMemory(access)
        while true {
            let node = try convert(bytes, from: input, to: output, access: access, in: &memory) {
                $0
            }
            if let node { return node }
            try memory.wait()
        }
    }

    fileprivate static func get(
        _ resolution: Resolution, as codec: Multicodec, access: ContentAccess
    ) throws -> Bytes {
        try get(resolution, as: codec, access: access) { $0 }
    }
}
