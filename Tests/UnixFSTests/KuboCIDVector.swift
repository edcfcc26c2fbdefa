import Buffers
import FoundationEssentials
import Multiformats
import TestSupport
import Testing
import UnixFS
import Vault

/// One published CID: `Fixtures/kubo-cids.json`.
struct KuboCIDVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Parameters: Decodable, Sendable {
        let cidVersion: Int?
        let hash: String?
        let rawLeaves: Bool?
        let chunker: String?
        let layout: String?
        let maxFileLinks: Int?
        let hamtFanout: Int?
        let hamtThreshold: Int?
        let hamtSizeEstimation: String?
        let inlineLimit: Int?
        let mode: UInt32?
        let mtime: [Int64]?
    }

    struct Node: Decodable, Sendable {
        let kind: String
        let input: Input?
        let entries: [String: Node]?
        let generated: Generated?
        let target: String?
        let mode: UInt32?
        let mtime: [Int64]?
    }

    struct Input: Decodable, Sendable {
        let type: String
        let text: String?
        let seed: Seed?
        let seedAscii: String?
        let size: Int?
    }

    /// A text for one generator and a number for another.
    struct Seed: Decodable, Sendable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    struct Generated: Decodable, Sendable {
        let names: String
        let format: String?
        let content: String?
        let from: Int?
        let to: Int?
        let fileParams: Parameters?
        let seed: String?
        let count: Int?
        let nameLen: Int?
        let lastNameLen: Int?
    }

    let id: String
    let params: Parameters
    let input: Node
    let inputSha256: String?
    let expectedCid: String
    let expectedTsize: UInt64
    let cost: String

    var testDescription: String { id }

    private struct File: Decodable {
        let vectors: [KuboCIDVector]
        let knownAnswers: [String: [String: Answer]]
    }

    /// Either a digest or the first names.
    enum Answer: Decodable, Sendable {
        case hex(String)
        case names([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .hex(text)
            } else {
                self = .names(try container.decode([String: String].self))
            }
        }
    }

    private static let file: File = {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(
                File.self, from: Data(try Fixture.bytes("kubo-cids.json").array))
        } catch {
            preconditionFailure("kubo-cids.json cannot be read: \(error)")
        }
    }()

    static var all: [KuboCIDVector] { file.vectors }

    /// What the generators must give, by generator and seed.
    static var knownAnswers: [String: [String: Answer]] { file.knownAnswers }
}

extension KuboCIDVector {
    func tree() throws -> TestTree { try input.tree(params) }

    func options() throws -> ImportOptions { try params.apply(to: ImportOptions()) }
}

extension KuboCIDVector.Parameters {
    func apply(to base: ImportOptions) throws -> ImportOptions {
        var options = base
        if let cidVersion { options.cidVersion = cidVersion == 1 ? .v1 : .v0 }
        if let hash { options.hash = try HashFunction(named: hash).code }
        if options.hash != .sha2_256 { options.cidVersion = .v1 }
        if let rawLeaves { options.rawLeaves = rawLeaves }
        if let chunker { options.chunker = try .init(parsing: chunker) }
        if let layout { options.layout = .init(rawValue: layout) ?? options.layout }
        if let maxFileLinks { options.maxFileLinks = maxFileLinks }
        if let hamtFanout { options.maxHAMTFanout = hamtFanout }
        if let hamtThreshold { options.hamtThreshold = hamtThreshold }
        if let hamtSizeEstimation {
            options.hamtSizeEstimate =
                .init(rawValue: hamtSizeEstimation) ?? options.hamtSizeEstimate
        }
        if let inlineLimit, inlineLimit > 0 { options.inlineLimit = inlineLimit }
        options.mode = mode ?? options.mode
        options.mtime = mtime.flatMap(ModificationTime.init) ?? options.mtime
        // The file describes what was imported, hidden names included.
        options.includesHidden = true
        options.preservesMode = true
        options.preservesMtime = true
        return options
    }
}

extension ModificationTime {
    fileprivate init?(_ pair: [Int64]) {
        self.init(seconds: pair[0], nanoseconds: UInt32(pair[1]))
    }
}

extension KuboCIDVector.Node {
    fileprivate func tree(_ params: KuboCIDVector.Parameters) throws -> TestTree {
        let own = UnixFSMetadata(mode: mode, mtime: mtime.flatMap(ModificationTime.init))
        switch kind {
        case "file": return .file(input.map { $0.input } ?? .bytes(.empty), own)
        case "symlink": return .symlink(target ?? "", own)
        default:
            if let generated { return .directory(try generated.entries(params), own) }
            return .directory(try (entries ?? [:]).mapValues { try $0.tree(params) }, own)
        }
    }
}

extension KuboCIDVector.Input {
    fileprivate var input: TestInput {
        switch type {
        case "utf8": .text(text ?? "")
        case "chacha20": .stream(seed: seed?.text ?? "", byteCount: size ?? 0)
        case "go-random-data": .randomData(seed: seed?.text ?? "", byteCount: size ?? 0)
        case "chacha8-raw-seed":
            .go(seed: Bytes(utf8: seedAscii ?? ""), byteCount: size ?? 0)
        case "empty": .bytes(.empty)
        default: preconditionFailure("an input that the tests do not know: \(type)")
        }
    }
}

extension TestInput {
    /// What `random-data` of go-test 0.4 writes.
    static func randomData(seed: String, byteCount: Int) -> TestInput {
        guard let key = try? HashFunction.sha2_256.digest(of: Bytes(utf8: seed)) else {
            preconditionFailure("SHA-256 never fails")
        }
        return .go(seed: key, byteCount: byteCount)
    }
}

extension KuboCIDVector.Generated {
    fileprivate func entries(_ params: KuboCIDVector.Parameters) throws -> [String: TestTree] {
        if names == "chacha20-alphabet" {
            let names = try Self.names(
                seed: seed ?? "", count: count ?? 0, length: nameLen ?? 0,
                lastLength: lastNameLen ?? 0)
            return Dictionary(
                uniqueKeysWithValues: names.map { ($0, .file(.text(content ?? ""))) })
        }
        var entries: [String: TestTree] = [:]
        for number in (from ?? 0)...(to ?? 0) {
            entries[(format ?? "").formatted(with: number)] = try entry(number, params)
        }
        return entries
    }

    private func entry(
        _ number: Int, _ params: KuboCIDVector.Parameters
    ) throws -> TestTree {
        if names == "printf-emptydir" { return .directory([:]) }
        let input = TestInput.text((content ?? "").formatted(with: number))
        guard let fileParams else { return .file(input) }
        let options = try fileParams.apply(to: try params.apply(to: ImportOptions()))
        return .fileWith(options, input)
    }

    static func names(
        seed: String, count: Int, length: Int, lastLength: Int
    ) throws -> [String] {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz01234567890-_")
        var stream = try TestInput.chacha20(seed: seed)
        var rest = stream.next((count - 1) * length + lastLength)
        return (0..<count).map { index in
            let taken = rest.prefix(index + 1 == count ? lastLength : length)
            rest = rest.dropFirst(taken.count)
            return String(taken.array.map { alphabet[Int($0) % alphabet.count] })
        }
    }
}

extension String {
    /// Puts a number where `%d` or `%06d` stands.
    fileprivate func formatted(with number: Int) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(6 - digits.count, 0)) + digits
        return replacing("%06d", with: padded).replacing("%d", with: digits)
    }
}
