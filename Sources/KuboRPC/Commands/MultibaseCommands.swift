import Buffers
import Multiformats

/// `multibase/encode`, `multibase/decode` and `multibase/transcode`.
enum MultibaseCommands {
    static func encode(_ invocation: Invocation) throws -> any PartSink {
        let base = try Multibase.named(invocation.options.text("b") ?? "base64url")
        return WholeFileSink(invocation, limit: Limits.multibaseBytesMax) { bytes in
            .raw(RawAnswer(Bytes(utf8: base.encode(bytes))))
        }
    }

    static func decode(_ invocation: Invocation) throws -> any PartSink {
        WholeFileSink(invocation, limit: Limits.multibaseBytesMax) { .raw(RawAnswer(try decoded($0))) }
    }

    static func transcode(_ invocation: Invocation) throws -> any PartSink {
        let base = try Multibase.named(invocation.options.text("b") ?? "base64url")
        return WholeFileSink(invocation, limit: Limits.multibaseBytesMax) { bytes in
            .raw(RawAnswer(Bytes(utf8: base.encode(try decoded(bytes)))))
        }
    }

    private static func decoded(_ bytes: Bytes) throws(RPCError) -> Bytes {
        do {
            return try Multibase.decode(String(decoding: bytes.array, as: UTF8.self)).1
        } catch {
            throw .failed("failed to decode multibase: \(error.message)")
        }
    }
}

/// Collects the first file of an upload and answers with something made of it.
final class WholeFileSink: PartSink {
    private let limit: Int
    private let answer: (Bytes) throws -> Answer
    private let collected: SpooledBytes
    private var entryCount = 0

    init(_ invocation: Invocation, limit: Int, answer: @escaping (Bytes) throws -> Answer) {
        self.limit = limit
        self.answer = answer
        collected = SpooledBytes(invocation.access)
    }

    func begin(_ entry: UploadedEntry) throws {
        entryCount += 1
        guard entryCount > 1 || entry.kind == .file else {
            throw RPCError.failed("expected a regular file")
        }
    }

    func receive(_ piece: Bytes) throws {
        guard entryCount == 1 else { return }
        guard collected.byteCount + piece.count <= limit else {
            throw RPCError.failed("the input is larger than \(limit) bytes")
        }
        try collected.append(piece)
    }

    func end() throws {}

    func finish() throws -> Answer {
        guard entryCount > 0 else { throw RPCError.failed("expected a file argument") }
        return try collected.withWhole(answer)
    }
}
