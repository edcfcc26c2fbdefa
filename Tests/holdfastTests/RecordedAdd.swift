import Buffers
import Execution
import Node
import TestSupport
import Vault

/// One case of `kubo-add.json`: what was added with which options, and what Kubo said.
struct RecordedAdd: Sendable {
    let number: Int
    let flags: [String]
    /// What stands on standard output, or on the first line of standard error.
    let cid: String?
    let error: String?
    private let input: JSONValue

    /// All cases, in the order of the file.
    static func all() throws -> [RecordedAdd] {
        let file = try JSONReader.read(Fixture.bytes("kubo-add.json"))
        return (file["cases"]?.elements ?? []).enumerated().map { number, value in
            RecordedAdd(
                number: number,
                flags: (value["flags"]?.elements ?? []).compactMap(\.text),
                cid: value["cid"]?.text, error: value["error"]?.text,
                input: value["input"] ?? .null)
        }
    }

    /// Whether it is a folder.
    var isTree: Bool { input["kind"]?.text == "tree" }

    /// Makes the file or folder.
    ///
    /// - Parameter folder: is made as well.
    /// - Returns: the path to add.
    func make(in folder: String) throws -> String {
        try File.makeFolder(folder, permissions: 0o755)
        guard isTree else {
            let path = folder + "/file"
            try File.replace(path, with: try Self.contents(input))
            return path
        }
        let root = folder + "/root"
        try File.makeFolder(root, permissions: 0o755)
        if let generated = input["generated"] { try makeGenerated(generated, in: root) }
        let entries = input["entries"]?.elements ?? []
        for entry in entries { try Self.make(entry, in: root) }
        // What is deeper first: making an entry changes the time of its folder.
        for entry in entries.sorted(by: { Self.depth($0) > Self.depth($1) }) {
            try Self.setMetadata(entry, in: root)
        }
        if let mode = input["root_mode"]?.text.flatMap({ UInt32($0, radix: 8) }) {
            try File.setPermissions(root, mode)
        }
        try File.setModified(root, WallTime(seconds: input["root_mtime"]?.integer ?? 0))
        return root
    }

    private func makeGenerated(_ generated: JSONValue, in root: String) throws {
        let modulus = generated["modulus"]?.integer ?? 0
        for index in 0..<(generated["count"]?.integer ?? 0) {
            var name = (generated["prefix"]?.text ?? "") + "\(index)"
            if let length = generated["hex_length"]?.integer.map(Int.init) {
                let digest = try HashFunction.sha2_256.digest(of: Bytes(utf8: "\(index)-\(length)"))
                let digits = digest.array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                name = String(digits.joined().prefix(length))
                name += String(repeating: "x", count: length - name.count)
            }
            let file = try File(root + "/" + name, .createNew, permissions: 0o644)
            if modulus > 0 { try file.write(Bytes(utf8: "\(index % modulus)")) }
        }
    }

    private static func make(_ entry: JSONValue, in root: String) throws {
        let path = root + "/" + (entry["path"]?.text ?? "")
        try File.makeFolder(File.folder(of: path), permissions: 0o755)
        switch entry["kind"]?.text {
        case "dir": try File.makeFolder(path, permissions: 0o755)
        case "symlink": try File.makeLink(path, to: entry["target"]?.text ?? "")
        default: try File.replace(path, with: try contents(entry), permissions: 0o644)
        }
    }

    private static func setMetadata(_ entry: JSONValue, in root: String) throws {
        let path = root + "/" + (entry["path"]?.text ?? "")
        let mode = entry["mode"]?.text.flatMap { UInt32($0, radix: 8) }
        if let mode, entry["kind"]?.text != "symlink" { try File.setPermissions(path, mode) }
        guard let seconds = entry["mtime"]?.integer else { return }
        let nanoseconds = UInt32(entry["mtime_nsecs"]?.unsigned ?? 0)
        try File.setModified(path, WallTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    private static func depth(_ entry: JSONValue) -> Int {
        (entry["path"]?.text ?? "").utf8.count { $0 == UInt8(ascii: "/") }
    }

    private static func contents(_ value: JSONValue) throws -> Bytes {
        if let text = value["text"]?.text { return Bytes(utf8: text) }
        if let count = value["zeros"]?.integer {
            return Bytes([UInt8](repeating: 0, count: Int(count)))
        }
        let seed = Bytes(utf8: value["seed"]?.text ?? "")
        var stream = ChaCha20(key: try HashFunction.sha2_256.digest(of: seed))
        guard let period = value["period"]?.integer else {
            return stream.next(Int(value["size"]?.integer ?? 0))
        }
        let piece = stream.next(Int(period))
        let wanted = Int(value["repeat"]?.integer ?? 0)
        var writer = ByteWriter(capacity: wanted + piece.count)
        while writer.count < wanted { writer.append(piece) }
        return writer.finish().prefix(wanted)
    }
}
