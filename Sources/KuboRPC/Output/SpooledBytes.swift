import Buffers
import Content

/// Bytes of an upload that are needed as a whole: they wait in a file until all of them have come, so
/// that an upload that stands still holds next to no memory.
final class SpooledBytes {
    private let file: SpoolFile
    private let access: ContentAccess
    private var tail = ByteWriter()

    /// Starts with none.
    ///
    /// - Parameters:
    ///   - access: whose memory they take, and where the file is.
    ///   - mayUseReserve: whether they may be needed to make room on the disk.
    init(_ access: ContentAccess, mayUseReserve: Bool = false) {
        file = SpoolFile(
            access, byteCountMax: Limits.spoolFileBytesMax,
            reservedByteCountMax: mayUseReserve ? Limits.reservedSpoolBytesMax : 0)
        self.access = access
    }

    /// How many there are.
    var byteCount: Int { Int(file.byteCount) + tail.count }

    /// Adds bytes.
    func append(_ piece: Bytes) throws {
        tail.append(piece)
        if tail.count >= Limits.spooledTailBytesMax { try file.append(tail.takeBytes()) }
    }

    /// Lends all bytes, with memory taken for them from the budget of uploads.
    ///
    /// - Parameters:
    ///   - copies: how many times the memory of the bytes `body` takes, themselves included.
    ///   - body: gets the bytes.
    /// - Throws: `.overloaded` when others have the memory for too long; what `body` throws.
    func withWhole<Result>(copies: Int, _ body: (Bytes) throws -> Result) throws -> Result {
        let share = try takeShare(copies: copies)
        defer { withExtendedLifetime(share) {} }
        return try body(try takeWhole())
    }

    /// The same for who may not be able to use them yet.
    ///
    /// - Parameters:
    ///   - copies: as for `withWhole`.
    ///   - body: gets the bytes; nil where it has to wait for something first. The bytes stay here then.
    ///   - settle: called when nobody here has the bytes any more; their memory is given back when it
    ///     returns.
    func offerWhole<Result>(
        copies: Int, _ body: (Bytes) throws -> Result?, then settle: () throws -> Void
    ) throws -> Result? {
        let share = try takeShare(copies: copies)
        defer { withExtendedLifetime(share) {} }
        guard let result = try offer(body) else { return nil }
        file.reset()
        try settle()
        return result
    }

    private func takeShare(copies: Int) throws -> WholeInputShare {
        let share = WholeInputShare(access)
        try share.take(byteCount, copies: copies, within: Limits.uploadWait)
        return share
    }

    /// The bytes are gone when it returns, or here.
    private func offer<Result>(_ body: (Bytes) throws -> Result?) throws -> Result? {
        let bytes = try readWhole()
        let result = try body(bytes)
        if result == nil, file.byteCount == 0 { tail.append(bytes) }
        return result
    }

    /// All bytes in memory that the caller has taken for them. Nothing may be added any more.
    func takeWhole() throws -> Bytes {
        defer { file.reset() }
        return try readWhole()
    }

    /// Where there is no file, the bytes are nowhere else then.
    private func readWhole() throws -> Bytes {
        guard file.byteCount > 0 else { return tail.takeBytes() }
        try file.append(tail.takeBytes())
        return try file.read(0..<file.byteCount)
    }
}
