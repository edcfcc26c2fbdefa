import Buffers
import Vault

/// A file, folder or link of a `RecordedAdd`.
package struct RecordedEntry: Decodable, Sendable {
    /// What it is.
    package enum Kind: Sendable {
        case file(TestInput)
        case folder
        case link(target: String)
    }

    package let kind: Kind
    /// The way to it from the folder that was added; empty for that folder itself, or for a file
    /// that was added alone.
    package let path: String
    /// Permissions.
    package let mode: UInt32?
    /// Time of modification in seconds since 1970.
    package let mtime: Int64?
    /// Its nanoseconds.
    package let mtimeNanoseconds: UInt32?
    private let listed: [RecordedEntry]
    private let generated: GeneratedEntries?

    package init(from decoder: any Decoder) throws {
        let fields = try RecordedFields(from: decoder)
        kind =
            switch fields.kind {
            case "file": .file(fields.contents)
            case "symlink": .link(target: fields.target ?? "")
            default: .folder
            }
        path = fields.path ?? ""
        mode = (fields.mode ?? fields.rootMode).flatMap { UInt32($0, radix: 8) }
        mtime = fields.mtime ?? fields.rootMtime
        mtimeNanoseconds = fields.mtimeNsecs
        listed = fields.entries ?? []
        generated = fields.generated
    }

    fileprivate init(path: String, text: String) {
        kind = .file(.text(text))
        self.path = path
        (mode, mtime, mtimeNanoseconds) = (nil, nil, nil)
        (listed, generated) = ([], nil)
    }

    /// What is below it; parents stand before their children, or are left out.
    package var entries: [RecordedEntry] {
        get throws { listed + (try generated?.entries ?? []) }
    }

    /// Whether it is a folder.
    package var isFolder: Bool {
        if case .folder = kind { true } else { false }
    }
}

/// An entry as it stands in the file, which describes the fields.
private struct RecordedFields: Decodable {
    let kind: String
    let path: String?
    let text: String?
    let zeros: Int?
    let seed: String?
    let size: Int?
    let period: Int?
    let `repeat`: Int?
    let target: String?
    let mode: String?
    let rootMode: String?
    let mtime: Int64?
    let rootMtime: Int64?
    let mtimeNsecs: UInt32?
    let entries: [RecordedEntry]?
    let generated: GeneratedEntries?

    var contents: TestInput {
        if let text { return .text(text) }
        if let zeros { return .zeros(zeros) }
        let seed = seed ?? ""
        if let period, let count = self.repeat {
            return .repeated(seed: seed, period: period, byteCount: count)
        }
        return .stream(seed: seed, byteCount: size ?? 0)
    }
}

/// Many small files whose names and texts follow from their numbers.
private struct GeneratedEntries: Decodable {
    let count: Int
    let prefix: String?
    let hexLength: Int?
    let modulus: Int

    var entries: [RecordedEntry] {
        get throws {
            try (0..<count).map { index in
                let text = modulus == 0 ? "" : String(index % modulus)
                return RecordedEntry(path: try name(index), text: text)
            }
        }
    }

    private func name(_ index: Int) throws -> String {
        guard let hexLength else { return "\(prefix ?? "")\(index)" }
        let digest = try HashFunction.sha2_256.digest(of: Bytes(utf8: "\(index)-\(hexLength)"))
        let hex = digest.hex.prefix(hexLength)
        return hex + String(repeating: "x", count: hexLength - hex.count)
    }
}
