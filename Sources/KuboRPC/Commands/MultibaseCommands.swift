import Buffers
import Content
import Multiformats

/// `multibase/encode`, `multibase/decode` and `multibase/transcode`.
enum MultibaseCommands {
    static func encode(_ invocation: Invocation) throws -> any PartSink {
        let base = try Multibase.named(invocation.options.text("b") ?? "base64url")
        return WholeFileSink(invocation, limit: Limits.multibaseBytesMax) { bytes in
            try encoded(bytes, in: base)
        }
    }

    static func decode(_ invocation: Invocation) throws -> any PartSink {
        WholeFileSink(invocation, limit: Limits.multibaseBytesMax) {
            try decoded($0)
        }
    }

    static func transcode(_ invocation: Invocation) throws -> any PartSink {
        let base = try Multibase.named(invocation.options.text("b") ?? "base64url")
        return WholeFileSink(invocation, limit: Limits.multibaseBytesMax) { bytes in
            try encoded(try decoded(bytes), in: base)
        }
    }

    private static func encoded(_ bytes: Bytes, in base: Multibase) throws(RPCError) -> Bytes {
        do {
            return try base.encodeOutside(bytes)
        } catch {
            throw .failed("failed to encode multibase: \(error.message)")
        }
    }

    private static func decoded(_ bytes: Bytes) throws(RPCError) -> Bytes {
        do {
            return try Multibase.decode(utf8: bytes).bytes
        } catch {
            throw .failed("failed to decode multibase: \(error.message)")
        }
    }
}

/// Collects the first file of an upload and answers with bytes made of it. What follows is left out.
final class WholeFileSink: PartSink {
    private let limit: Int
    private let access: ContentAccess
    private let convert: (Bytes) throws -> Bytes
    private let collected: SpooledBytes
    private var entryCount = 0

    /// Prepares an upload.
    ///
    /// - Parameters:
    ///   - limit: bytes of the file.
    ///   - convert: makes the answer, in `Limits.multibaseCopies` times the memory of the file.
    init(_ invocation: Invocation, limit: Int, convert: @escaping (Bytes) throws -> Bytes) {
        self.limit = limit
        self.convert = convert
        access = invocation.access
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
        return try collected.withWhole(copies: Limits.multibaseCopies) { bytes in
            .raw(try RawAnswer(made: convert(bytes), access))
        }
    }
}
