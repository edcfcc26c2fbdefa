import Buffers
import FoundationEssentials
import TestSupport
import Testing
import UnixFS
import Vault

/// One recorded run of `ipfs add`: `Fixtures/kubo-add.json`.
struct KuboAddCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Input: Decodable, Sendable {
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

    struct Entry: Decodable, Sendable {
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

    struct Generated: Decodable, Sendable {
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

    var testDescription: String {
        "\(tag) \(flags.joined(separator: " ")) \(input.seed ?? input.kind) \(input.size ?? 0)"
    }

    static let all: [KuboAddCase] = {
        struct File: Decodable { let cases: [KuboAddCase] }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let data = Data(try Fixture.bytes("kubo-add.json").array)
            return try decoder.decode(File.self, from: data).cases
        } catch {
            preconditionFailure("kubo-add.json cannot be read: \(error)")
        }
    }()

    /// The options as `holdfast add` would resolve them.
    func options() throws -> ImportOptions {
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        return try .resolve(from: request)
    }

    /// What was added.
    func tree() throws -> TestTree {
        guard input.kind == "tree" else { return .file(file) }
        let own = UnixFSMetadata(
            mode: input.rootMode.flatMap { UInt32($0, radix: 8) },
            mtime: input.rootMtime.map { ModificationTime(seconds: $0) })
        var root = TestTree.directory([:], own)
        for entry in input.entries ?? [] {
            root.insert(entry.tree, at: entry.path.split(separator: "/").map(String.init)[...])
        }
        guard let generated = input.generated else { return root }
        return .directory(try generated.entries(), own)
    }

    private var file: TestInput {
        if let text = input.text { return .text(text) }
        if let zeros = input.zeros { return .zeros(zeros) }
        let seed = input.seed ?? ""
        if let period = input.period, let count = input.repeat {
            return .repeated(seed: seed, period: period, byteCount: count)
        }
        return .stream(seed: seed, byteCount: input.size ?? 0)
    }
}

extension KuboAddCase.Entry {
    var tree: TestTree {
        let own = UnixFSMetadata(
            mode: mode.flatMap { UInt32($0, radix: 8) },
            mtime: mtime.map { ModificationTime(seconds: $0, nanoseconds: mtimeNsecs ?? 0) })
        switch kind {
        case "symlink": return .symlink(target ?? "", own)
        case "dir": return .directory([:], own)
        default:
            if let text { return .file(.text(text), own) }
            return .file(.stream(seed: seed ?? "", byteCount: size ?? 0), own)
        }
    }
}

extension KuboAddCase.Generated {
    func entries() throws -> [String: TestTree] {
        var entries: [String: TestTree] = [:]
        for index in 0..<count {
            let text = modulus == 0 ? "" : String(index % modulus)
            entries[try name(index)] = .file(.text(text))
        }
        return entries
    }

    private func name(_ index: Int) throws -> String {
        guard let hexLength else { return "\(prefix ?? "")\(index)" }
        let digest = try HashFunction.sha2_256.digest(of: .init(utf8: "\(index)-\(hexLength)"))
        let hex = String(digest.hex.prefix(hexLength))
        return hex + String(repeating: "x", count: hexLength - hex.count)
    }
}

extension ImportRequest {
    /// Reads one flag of `ipfs add`.
    mutating func set(_ flag: String) throws {
        let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : "true"
        switch parts[0] {
        case "--chunker": chunker = value
        case "--cid-version": cidVersion = Int(value)
        case "--raw-leaves": rawLeaves = value == "true"
        case "--hash": hash = try HashFunction(named: value).code
        case "--trickle": trickle = value == "true"
        case "--max-file-links": maxFileLinks = Int(value)
        case "--max-directory-links": maxDirectoryLinks = Int(value)
        case "--max-hamt-fanout": maxHAMTFanout = Int(value)
        case "--inline": inline = value == "true"
        case "--inline-limit": inlineLimit = Int(value)
        case "--preserve-mode": preserveMode = value == "true"
        case "--preserve-mtime": preserveMtime = value == "true"
        case "--mode": mode = UInt64(value, radix: value.hasPrefix("0") ? 8 : 10)
        case "--mtime": mtime = Int64(value)
        case "--mtime-nsecs": mtimeNanoseconds = Int64(value)
        case "--empty-dirs": emptyDirectories = value == "true"
        case "-w": wrapWithDirectory = true
        case "-H": hidden = true
        default: preconditionFailure("a flag that the tests do not know: \(flag)")
        }
    }
}
