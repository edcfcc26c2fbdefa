import Buffers
import FoundationEssentials
import HTTP
import TestSupport
import Testing
import Vault

@testable import KuboRPC

/// Recorded runs of `ipfs add`, uploaded over the RPC as the command line does it: every error and
/// a sample of the CIDs, or all of them when `HOLDFAST_TEST_ALL` is set.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct KuboAddTests {
    private static let runsAll = ProcessInfo.processInfo.environment["HOLDFAST_TEST_ALL"] != nil

    @Test func uploadsGiveWhatKuboGives() throws {
        let node = try TestNode()
        let all = try RecordedAdd.all()
        let goodOnes = all.filter { $0.error == nil && $0.isSmall }
        let step = max(1, goodOnes.count / 60)
        let sample = stride(from: 0, to: goodOnes.count, by: step).map { goodOnes[$0] }
        let chosen = Self.runsAll ? all : all.filter { $0.error != nil } + sample
        #expect(chosen.count >= 80)
        for recorded in chosen {
            let answer = try node.upload("add?" + recorded.query, recorded.parts())
            guard let error = recorded.error else {
                let last = try AnyJSON.lines(answer.text).last
                #expect(last?["Hash"]?.text == recorded.cid, "\(recorded.flags) \(recorded.tag)")
                continue
            }
            let message = try AnyJSON.lines(answer.text).last?["Message"]?.text
            #expect("Error: " + (message ?? answer.text) == error, "\(recorded.flags)")
        }
    }
}

/// One case of `kubo-add.json`.
private struct RecordedAdd: Decodable {
    struct Input: Decodable {
        let kind: String
        let text: String?
        let zeros: Int?
        let seed: String?
        let size: Int?
        let period: Int?
        let `repeat`: Int?
        let entries: [Entry]?
        let generated: Generated?
        let rootMode: String?
        let rootMtime: Int64?
    }

    struct Entry: Decodable {
        let path: String
        let kind: String
        let text: String?
        let seed: String?
        let size: Int?
        let target: String?
        let mode: String?
        let mtime: Int64?
        let mtimeNsecs: UInt32?
    }

    struct Generated: Decodable {
        let count: Int
        let prefix: String?
        let hexLength: Int?
        let modulus: Int
    }

    let tag: String
    let input: Input
    let flags: [String]
    let cid: String?
    let error: String?

    static func all() throws -> [RecordedAdd] {
        struct File: Decodable { let cases: [RecordedAdd] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(try Fixture.bytes("kubo-add.json").array)
        return try decoder.decode(File.self, from: data).cases
    }

    /// Cheap enough for the normal run in a debug build.
    var isSmall: Bool {
        (input.size ?? 0) < 1 << 20 && (input.zeros ?? 0) < 1 << 20 && input.repeat == nil
            && (input.generated?.count ?? 0) <= 500
    }

    /// The flags as options of the query; those of the client have acted already.
    var query: String {
        flags.filter { $0 != "-H" }.map { flag in
            let text = flag.drop { $0 == "-" }
            let parts = text.split(separator: "=", maxSplits: 1)
            let value = parts.count > 1 ? parts[1] : "true"
            return "\(parts[0])=\(PercentCoding.encode(value, keeping: .unreserved))"
        }.joined(separator: "&")
    }

    /// What the command line would send.
    func parts() throws -> [Part] {
        guard input.kind == "tree" else {
            return [Part(filename: "file", content: try content())]
        }
        let root = Part(
            name: "file" + RecordedAdd.metadata(input.rootMode, input.rootMtime, nil),
            filename: "root", type: "application/x-directory")
        let hidesDots = !flags.contains("-H")
        let entries = (input.entries ?? []).filter { entry in
            !hidesDots || !entry.path.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        return try [root] + entries.map(RecordedAdd.part) + generatedParts()
    }

    private func content() throws -> [UInt8] {
        if let text = input.text { return Array(text.utf8) }
        if let zeros = input.zeros { return [UInt8](repeating: 0, count: zeros) }
        let stream = try RecordedAdd.stream(input.seed ?? "", input.period ?? input.size ?? 0)
        guard let count = input.repeat else { return stream }
        return (0..<count).map { stream[$0 % stream.count] }
    }

    private func generatedParts() throws -> [Part] {
        guard let generated = input.generated else { return [] }
        return try (0..<generated.count).map { index in
            let text = generated.modulus == 0 ? "" : String(index % generated.modulus)
            return .file("root%2F" + (try generated.name(index)), text)
        }
    }

    private static func part(_ entry: Entry) throws -> Part {
        let name = "file" + metadata(entry.mode, entry.mtime, entry.mtimeNsecs)
        let path = PercentCoding.encode("root/" + entry.path, keeping: .unreserved)
        switch entry.kind {
        case "dir": return Part(name: name, filename: path, type: "application/x-directory")
        case "symlink":
            return Part(
                name: name, filename: path, type: "application/symlink",
                content: Array((entry.target ?? "").utf8))
        default:
            let content =
                try entry.text.map { Array($0.utf8) } ?? stream(entry.seed ?? "", entry.size ?? 0)
            return Part(name: name, filename: path, content: content)
        }
    }

    private static func metadata(_ mode: String?, _ mtime: Int64?, _ nsecs: UInt32?) -> String {
        let items = [
            mode.map { "mode=\($0)" }, mtime.map { "mtime=\($0)" },
            nsecs.map { "mtime-nsecs=\($0)" },
        ].compactMap(\.self)
        return items.isEmpty ? "" : "?" + items.joined(separator: "&")
    }

    private static func stream(_ seed: String, _ count: Int) throws -> [UInt8] {
        var stream = ChaCha20(key: try HashFunction.sha2_256.digest(of: Bytes(utf8: seed)))
        return stream.next(count).array
    }
}

extension RecordedAdd.Generated {
    fileprivate func name(_ index: Int) throws -> String {
        guard let hexLength else { return "\(prefix ?? "")\(index)" }
        let digest = try HashFunction.sha2_256.digest(of: Bytes(utf8: "\(index)-\(hexLength)"))
        let hex = digest.array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let start = hex.prefix(hexLength)
        return start + String(repeating: "x", count: hexLength - start.count)
    }
}
