import Buffers

/// Runs of bytes that go out behind one another: with one call, if the socket has room.
///
/// One of them is the payload, whose memory can be let go of while the socket has none.
struct SocketParts {
    private(set) var runs: [Bytes]
    /// What stands behind the payload.
    private let trailingCount: Int
    private let payloadByteCount: Int

    /// Parts around a payload.
    ///
    /// - Parameters:
    ///   - leading: what goes out first.
    ///   - payload: may be let go of.
    ///   - trailing: what goes out last; not empty.
    init(_ leading: [Bytes], payload: Bytes, trailing: [Bytes] = []) {
        runs = leading.filter { !$0.isEmpty } + [payload] + trailing
        trailingCount = trailing.count
        payloadByteCount = payload.count
    }

    /// Parts without a payload.
    init(_ runs: Bytes...) {
        self.init(runs, payload: .empty)
        dropEmpty()
    }

    /// Whether everything has gone out.
    var isEmpty: Bool { runs.isEmpty }

    /// What is left of the payload, in bytes.
    var payloadByteCountLeft: Int { hasPayload ? runs[payloadIndex].count : 0 }

    /// The memory that they keep from being freed.
    var heldByteCount: Int { runs.reduce(0) { $0 + $1.heldByteCount } }

    /// Drops what has been written.
    mutating func drop(_ count: Int) {
        var count = count
        while count > 0, let first = runs.first {
            let taken = min(count, first.count)
            count -= taken
            runs[0] = first.dropFirst(taken)
            dropEmpty()
        }
    }

    /// Has what is left of the payload in memory of its own, so that the region that it is a part of can
    /// go.
    mutating func detachPayload() {
        guard hasPayload else { return }
        runs[payloadIndex] = runs[payloadIndex].detached()
    }

    /// Lets go of what is left of the payload. Nothing may be sent until it has been put back.
    mutating func releasePayload() -> Released {
        let left = payloadByteCountLeft
        if hasPayload { runs[payloadIndex] = .empty }
        return Released(offset: payloadByteCount - left, end: payloadByteCount)
    }

    /// The place in the payload where sending goes on.
    struct Released {
        fileprivate let offset: Int
        fileprivate let end: Int
    }

    /// Puts a payload back that was let go of.
    ///
    /// - Parameter payload: begins with the same bytes as before.
    /// - Returns: false if it is shorter than before.
    mutating func restorePayload(_ payload: Bytes, _ released: Released) -> Bool {
        guard payload.count >= released.end, hasPayload else { return false }
        runs[payloadIndex] = payload[released.offset..<released.end]
        return true
    }

    private var hasPayload: Bool { runs.count > trailingCount }
    private var payloadIndex: Int { runs.count - trailingCount - 1 }

    private mutating func dropEmpty() {
        while let first = runs.first, first.isEmpty { runs.removeFirst() }
    }
}
