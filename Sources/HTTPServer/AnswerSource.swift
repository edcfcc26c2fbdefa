import Buffers
import CMicroHTTPD
import Execution
import HTTP

/// Feeds libmicrohttpd from a body source, and watches how fast the client takes it.
///
/// Owned by the answer: libmicrohttpd releases it through its free callback.
@safe
final class AnswerSource {
    private let source: any BodySource
    private let core: ListenerCore
    private let exchange: Exchange
    private let heldByteCount: Int
    private var rest = Bytes.empty
    private var meter: RateMeter
    private var lastExit: UInt64
    private var lastCount = 0

    /// The answer that trailers are added to; set once it was made.
    var answer: OpaquePointer?

    /// Starts before the first piece.
    ///
    /// - Parameters:
    ///   - source: makes the bytes.
    ///   - exchange: what the bytes answer.
    ///   - heldByteCount: what was taken from the egress budget for this answer.
    init(_ source: any BodySource, _ exchange: Exchange, heldByteCount: Int) {
        self.source = source
        self.exchange = exchange
        self.heldByteCount = heldByteCount
        core = exchange.core
        meter = RateMeter(
            rate: core.options.progressRateMin, windowNanoseconds: core.windowNanoseconds)
        lastExit = Instant.now.nanoseconds
    }

    deinit {
        source.close()
        if heldByteCount > 0 { core.options.egressBudget?.release(heldByteCount) }
    }

    /// Fills the room that libmicrohttpd has, as far as the next piece goes.
    ///
    /// - Parameter room: never written past its end.
    /// - Returns: bytes written, or one of the two ends.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let now = Instant.now.nanoseconds
        exchange.connection.allow(until: .max)
        guard meter.isFastEnough(bytes: lastCount, in: now &- lastExit) else {
            core.report("\(exchange.targetForLog): the client reads too slowly")
            return Int(holdfast_mhd_end_with_error)
        }
        guard !exchange.isOverdue(at: now) else {
            core.report("\(exchange.targetForLog): took longer than is allowed")
            return Int(holdfast_mhd_end_with_error)
        }
        do {
            while rest.isEmpty {
                guard let piece = try source.next(limit: room.count) else { return end() }
                rest = piece
            }
        } catch {
            core.report("\(exchange.targetForLog): broken off: \(error)")
            return Int(holdfast_mhd_end_with_error)
        }
        return unsafe copy(into: room)
    }

    private func copy(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(rest.count, room.count)
        unsafe rest.withUnsafeBytes { source in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
        }
        rest = rest.dropFirst(count)
        exchange.sentByteCount += UInt64(count)
        lastCount = count
        lastExit = Instant.now.nanoseconds
        exchange.connection.allow(until: core.limit(forMoving: count, from: lastExit))
        return count
    }

    private func end() -> Int {
        for field in source.trailers {
            // A message may have several lines, a field may not.
            let value = String(
                String.UnicodeScalarView(
                    field.value.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
            _ = unsafe MHD_add_response_footer(answer, field.name, value)
        }
        let now = Instant.now.nanoseconds
        exchange.connection.allow(until: core.limit(forMoving: lastCount, from: now))
        return Int(holdfast_mhd_end_of_stream)
    }
}
