import Buffers
import Content
import Execution

/// Bytes of an upload that are needed as a whole: they wait in a file until all of them have come, so
/// that an upload that stands still holds next to no memory.
final class SpooledBytes {
    private let file: UnnamedFile
    private let access: ContentAccess
    private var tail = ByteWriter()

    init(_ access: ContentAccess) {
        file = UnnamedFile(
            in: access.library.spoolFolder, byteCountMax: Limits.spoolFileBytesMax)
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
    ///   - settle: called when nobody here has the bytes any more; their memory is given back when it
    ///     returns.
    /// - Throws: `.overloaded` when others have the memory for too long; what `body` and `settle` throw.
    func withWhole<Result>(
        copies: Int = 1, _ body: (Bytes) throws -> Result, then settle: () throws -> Void = {}
    ) throws -> Result {
        let share = WholeInputShare(access)
        defer { withExtendedLifetime(share) {} }
        try share.take(byteCount, copies: copies, within: Limits.uploadWait)
        let result = try body(try takeWhole())
        try settle()
        return result
    }

    /// All bytes in memory that the caller has taken for them. Nothing may be added any more.
    func takeWhole() throws -> Bytes {
        guard file.byteCount > 0 else { return tail.takeBytes() }
        try file.append(tail.takeBytes())
        defer { file.reset() }
        return try file.read(0..<file.byteCount)
    }
}
