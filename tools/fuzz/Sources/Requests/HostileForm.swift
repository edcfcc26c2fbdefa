import Buffers
import HTTP

/// Bodies of uploads.
enum HostileForm {
    static let boundary = "frontier"

    /// A form with one plain file.
    static func file(_ content: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: content.count + 200)
        append("file", filename: "x", type: "application/octet-stream", content, to: &writer)
        writer.append(utf8: "--\(boundary)--\r\n")
        return writer.finish()
    }

    /// A form for a command.
    static func parts(of command: String, archive: Bytes, _ choices: inout Choices) -> Bytes {
        var writer = ByteWriter(capacity: 1_024)
        for _ in 0..<choices.pick([1, 1, 2, 4, 0]) {
            append(
                partName(&choices), filename: filename(&choices), type: choices.pick(types),
                content(for: command, archive: archive, &choices), to: &writer)
        }
        if !choices.oneIn(16) { writer.append(utf8: "--\(boundary)--\r\n") }
        let form = writer.finish()
        return choices.oneIn(24)
            ? form.prefix(choices.below(max(1, min(form.count, 65_536)))) : form
    }

    private static let types = [
        "application/octet-stream", "application/octet-stream", "application/x-directory",
        "application/symlink", "text/plain", "x",
    ]

    private static func partName(_ choices: inout Choices) -> String {
        guard choices.oneIn(2) else { return "file" }
        var query: [String] = []
        if choices.oneIn(2) {
            query.append("mode=" + choices.pick(["0644", "7777", "37777777777", "-1", "8", "0"]))
        }
        if choices.oneIn(2) { query.append("mtime=\(choices.hostileSeconds())") }
        if choices.oneIn(2) { query.append("mtime-nsecs=\(choices.hostileNanoseconds())") }
        return "file?" + query.joined(separator: "&")
    }

    private static func filename(_ choices: inout Choices) -> String {
        let names = (0...choices.pick([0, 0, 1, 2])).map { _ in HostileRequest.encodedName(&choices)
        }
        return names.joined(separator: choices.pick(["%2F", "/", "%2F%2F"]))
    }

    private static func content(
        for command: String, archive: Bytes, _ choices: inout Choices
    ) -> Bytes {
        if command == "dag/import" { return archive }
        if command == "dag/put", !choices.oneIn(4) { return node(&choices) }
        if command.hasPrefix("multibase/") { return multibase(&choices) }
        switch choices.below(4) {
        case 0: return Bytes(choices.bytes(upTo: 60))
        case 1: return Bytes(choices.hostileName())
        case 2:
            return Bytes([UInt8](repeating: choices.byte(), count: choices.pick([0, 300, 5_000])))
        default: return node(&choices)
        }
    }

    /// A block out of content of its own.
    private static func node(_ choices: inout Choices) -> Bytes {
        let content = HostileContent(choices, isIdentityOnly: false, nodeCountMax: 6)
        choices = content.remaining
        return Bytes(content.blocks.last?.data ?? [0xA0])
    }

    private static func multibase(_ choices: inout Choices) -> Bytes {
        let start = Array(
            choices.pick(["b", "z", "k", "u", "m", "f", "0", "7", "9", "t", "🚀", ""]).utf8)
        return Bytes(start + choices.bytes(upTo: 60))
    }

    private static func append(
        _ name: String, filename: String, type: String, _ content: Bytes,
        to writer: inout ByteWriter
    ) {
        writer.append(utf8: "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"")
        writer.append(utf8: "; filename=\"\(filename)\"\r\nContent-Type: \(type)\r\n\r\n")
        writer.append(content)
        writer.append(utf8: "\r\n")
    }
}
