import Buffers
import CZlib

/// Compresses bytes into the gzip format piece by piece. The one fence around zlib.
///
/// Belongs to one thread.
@safe
final class GzipStream {
    private var stream = unsafe z_stream()
    private var isOpen = false

    private static let pieceByteCount = 64 << 10
    /// 15 bits of window, and 16 for a gzip header instead of zlib's.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// Starts a stream.
    ///
    /// - Parameter level: 1 is fast, 9 is small; -1 is zlib's middle.
    /// - Throws: when there is no memory for zlib's tables.
    init(level: Int) throws(RPCError) {
        let outcome = unsafe deflateInit2_(
            &stream, Int32(level), Z_DEFLATED, GzipStream.windowBits, GzipStream.memoryLevel,
            Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard outcome == Z_OK else { throw .failed("there is no memory for compression") }
        isOpen = true
    }

    deinit {
        if isOpen { unsafe deflateEnd(&stream) }
    }

    /// Compresses a piece.
    ///
    /// - Parameter piece: the next bytes of the input.
    /// - Returns: what is ready; often nothing.
    func compress(_ piece: Bytes) -> Bytes { run(piece, Z_NO_FLUSH) }

    /// Ends the stream.
    ///
    /// - Returns: the last bytes of it. Nothing may be compressed any more.
    func finish() -> Bytes { run(.empty, Z_FINISH) }

    private func run(_ piece: Bytes, _ flush: Int32) -> Bytes {
        precondition(piece.count <= Int32.max, "pieces are far smaller than 2 GiB")
        var output = ByteWriter(capacity: 1024)
        var room = [UInt8](repeating: 0, count: GzipStream.pieceByteCount)
        unsafe piece.withUnsafeBytes { source in
            // zlib reads from this pointer and never writes, though its type does not say so.
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.avail_in = UInt32(source.count)
            repeat {
                let outcome = unsafe room.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(target.count)
                    return unsafe deflate(&stream, flush)
                }
                precondition(outcome != Z_STREAM_ERROR, "the stream of zlib is in a wrong state")
                let count = unsafe room.count - Int(stream.avail_out)
                output.append(count == room.count ? room : Array(room[0..<count]))
            } while unsafe stream.avail_out == 0
        }
        return output.finish()
    }
}
