import Buffers
import Execution
import TestSupport
import Testing

@testable import holdfast

/// What an archive may say about itself, true or not: the reader refuses it or reads it, and never
/// ends the process.
@Suite(.timeLimit(.minutes(40)))
struct TarReaderTests {
    private func entries(_ parts: [Bytes], pieceByteCount: Int = 700) throws -> [TarEntry] {
        var reader = TarReader()
        var entries: [TarEntry] = []
        var rest = parts.joined(separator: .empty)
        while !rest.isEmpty {
            let piece = rest.prefix(pieceByteCount)
            rest = rest.dropFirst(piece.count)
            try reader.feed(piece) { if case .entry(let entry) = $0 { entries.append(entry) } }
        }
        return entries
    }

    private func header(_ adjust: (inout TarHeaderBytes) -> Void = { _ in }) -> Bytes {
        var header = TarHeaderBytes(name: "x")
        adjust(&header)
        return header.encoded
    }

    @Test(
        arguments: [
            ("77777777777", 0o77777777777), ("       17 ", 0o17), ("", 0),
            (Bytes([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]), 256),
            (Bytes([0x80, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)), UInt64.max),
        ] as [(Bytes, UInt64)])
    func sizesAreOctalOrBase256(field: Bytes, size: UInt64) throws {
        let padded = field.appending(Bytes([UInt8](repeating: 0, count: 12 - field.count)))
        #expect(try entries([header { $0.size = padded }]).first?.byteCount == size)
    }

    @Test(
        arguments: [
            "8", "-1", "+1", "1x", "0x1", "1 1", Bytes([0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            Bytes([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Bytes([0xBF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ] as [Bytes])
    func sizesThatAreNoneAreRefused(field: Bytes) {
        let padded = field.appending(Bytes([UInt8](repeating: 0, count: 12 - field.count)))
        #expect(throws: TarError.self) { try entries([header { $0.size = padded }]) }
    }

    @Test(arguments: ["8", "-755", "7 7", Bytes([0xFF, 0xFF])] as [Bytes])
    func modesThatAreNoneAreRefused(field: Bytes) {
        let padded = field.appending(Bytes([UInt8](repeating: 0, count: 8 - field.count)))
        #expect(throws: TarError.self) { try entries([header { $0.mode = padded }]) }
    }

    @Test func negativeTimesAreReadInBase256() throws {
        let minusOne = Bytes([UInt8](repeating: 0xFF, count: 12))
        #expect(try entries([header { $0.time = minusOne }]).first?.modified?.seconds == -1)
        let low: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]
        #expect(try entries([header { $0.time = Bytes(low) }]).first?.modified?.seconds == .min)
        let tooLow: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0]
        #expect(throws: TarError.self) { try entries([header { $0.time = Bytes(tooLow) }]) }
    }

    @Test(
        arguments: [
            ("-9223372036854775808", Int64.min, 0),
            ("9223372036854775807.999999999", .max, 999_999_999),
            ("-1.5", -2, 500_000_000), ("0.0000000019", 0, 1), ("-0.25", -1, 750_000_000),
            ("7.", 7, 0),
        ] as [(Bytes, Int64, UInt32)])
    func timesHaveFractions(text: Bytes, seconds: Int64, nanoseconds: UInt32) throws {
        let time = try entries([TarHeaderBytes.pax(("mtime", text)), header()]).first?.modified
        #expect(time == WallTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(
        arguments: [
            "-9223372036854775808.5", "9223372036854775808", "1e9", "", "--1", "1.x", "0x1", "1..2",
        ] as [Bytes])
    func timesThatAreNoneAreRefused(text: Bytes) {
        #expect(throws: TarError.self) {
            try entries([TarHeaderBytes.pax(("mtime", text)), header()])
        }
    }

    @Test func zeroIsNoTimeUnlessARecordTellsIt() throws {
        #expect(try entries([header()]).first?.modified == nil)
        let zero = Bytes([0x80] + [UInt8](repeating: 0, count: 11))
        #expect(try entries([header { $0.time = zero }]).first?.modified == nil)
        let told = try entries([TarHeaderBytes.pax(("mtime", "0")), header()])
        #expect(told.first?.modified == WallTime(seconds: 0))
    }

    @Test func pathsAndTargetsAreBytes() throws {
        let path: Bytes = [0xFE, 0x2F, 0xCC, 0x81, 0x0A, 0x3D]
        let found = try entries([
            TarHeaderBytes.pax(("path", path), ("linkpath", [0xFF, 0xFE]), ("comment", "x")),
            header { $0.type = UInt8(ascii: "2") },
            header {
                $0.name = [0xFF]
                $0.prefix = [0xFE]
            },
        ])
        #expect(found.map(\.path) == [path, [0xFE, 0x2F, 0xFF]])
        #expect(found.first?.kind == .link(target: [0xFF, 0xFE]))
    }

    @Test func recordsAreForTheNextEntryOnly() throws {
        let found = try entries([TarHeaderBytes.pax(("path", "long")), header(), header()])
        #expect(found.map(\.path) == ["long", "x"])
    }

    @Test(
        arguments: [
            "x", "5", "5 a=", "0 a=b\n", "4 a=b\n", "99999999999999999999 a=b\n", "9 a=b\n",
            "-6 a=b\n",
            "+6 a=b\n", "6 a=b ", "6 abc\n", "18446744073709551615 a=b\n", " a=b\n",
            "29 size=18446744073709551616\n", "13 size=-100\n", "10 size=z\n",
        ] as [Bytes])
    func recordsThatLieAreRefused(content: Bytes) {
        #expect(throws: TarError.self) {
            try entries([TarHeaderBytes.pax(content: content), header()])
        }
    }

    @Test func aHeaderOverTheLimitIsRefusedBeforeItIsRead() {
        for type in ["x", "g"] as [Unicode.Scalar] {
            for size: Bytes in [
                "00004000001", Bytes([0x80, 0, 0, 0, 0x7F, 0xFF]),
            ] {
                #expect(throws: TarError.self) {
                    try entries([
                        header {
                            $0.type = UInt8(ascii: type)
                            $0.size = size
                        }
                    ])
                }
            }
        }
    }

    @Test func contentBehindALinkOrAFolderIsRefused() {
        for type in ["2", "5"] as [Unicode.Scalar] {
            #expect(throws: TarError.self) {
                try entries([
                    header {
                        $0.type = UInt8(ascii: type)
                        $0.size = "00000000001"
                    }
                ])
            }
        }
    }

    /// Tar fills its last record; what never ends would keep `get` for ever.
    @Test func whatStandsBehindTheEndHasALimit() throws {
        let tail = Limits.archiveTailByteCountMax
        func read(behindEnd byteCount: Int) throws {
            let zeros = Bytes([UInt8](repeating: 0, count: 1_024 + byteCount))
            let archive = header().appending(zeros)
            var reader = TarReader()
            for start in stride(from: 0, to: archive.count, by: 100_000) {
                try reader.feed(archive.dropFirst(start).prefix(100_000)) { _ in }
            }
            try reader.finish()
        }
        try read(behindEnd: 0)
        try read(behindEnd: tail)
        let error = #expect(throws: TarError.self) { try read(behindEnd: tail + 1) }
        #expect(error?.description.contains("goes on behind its end") == true)
    }

    /// Any byte of a valid archive may be another one: all ends with entries or with an error.
    @Test func noChangedByteEndsTheProcess() {
        let archive = [
            TarHeaderBytes.pax(("path", "dir/name"), ("mtime", "-1.5"), ("size", "3")),
            header(), Bytes("abc").appending(Bytes([UInt8](repeating: 0, count: 509))),
            header { $0.type = UInt8(ascii: "5") },
        ].joined(separator: .empty).array
        var random = SeededRandom(seed: 8)
        for index in 0..<1_536 {
            for _ in 0..<8 {
                var changed = archive
                changed[index] = UInt8.random(in: 0...255, using: &random)
                // The check sum is made to fit again, so that the numbers are looked at.
                for start in [0, 1_024] { Self.sign(&changed, at: start) }
                _ = try? entries([Bytes(changed)], pieceByteCount: 300)
            }
        }
    }

    private static func sign(_ archive: inout [UInt8], at start: Int) {
        for index in 148..<156 { archive[start + index] = 0x20 }
        let sum = archive[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = Array(String(sum, radix: 8).utf8)
        archive.replaceSubrange(start + 148..<start + 148 + digits.count, with: digits)
    }
}
