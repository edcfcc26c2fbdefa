import Buffers
import Execution
import HTTP
import Synchronization
import TestSupport

@testable import HTTPServer

/// Gives pieces that can be made again, and counts those that are still in memory.
final class RemakingSource: BodySource, Sendable {
    let inMemoryCount = Atomic(0)
    /// Pieces that were still there when the source had let go of them.
    let keptCount = Atomic(0)
    let releaseCount = Monitor(0)
    private let state: Locked<(next: Int, count: Int)>
    private let byteCount: Int
    let canReload: Bool
    /// Bytes that a piece is shorter by when it is made again.
    private let shortage: Int

    init(pieces: Int, of byteCount: Int, canReload: Bool = true, shortage: Int = 0) {
        state = Locked((0, pieces))
        self.byteCount = byteCount
        self.canReload = canReload
        self.shortage = shortage
    }

    func next(limit: Int) -> Bytes? {
        let index = state.withLock { state -> Int? in
            guard state.next < state.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
        return index.map { piece($0, byteCount) }
    }

    func release() {
        if canReload { noteWhatOthersMayTake() }
        releaseCount.notify { $0 += 1 }
    }

    func close() { noteWhatOthersMayTake() }

    /// Others have the memory of all pieces from now on: it has to be free.
    private func noteWhatOthersMayTake() {
        keptCount.add(inMemoryCount.load(ordering: .relaxed), ordering: .relaxed)
    }

    func reload() -> Bytes {
        piece(state.withLock { $0.next - 1 }, byteCount - shortage)
    }

    static func byte(_ index: Int, _ place: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: index &* 31 &+ place &* 7 &+ place >> 8)
    }

    private func piece(_ index: Int, _ count: Int) -> Bytes {
        inMemoryCount.add(1, ordering: .relaxed)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 1)
        for place in 0..<count {
            unsafe memory.storeBytes(
                of: Self.byte(index, place), toByteOffset: place, as: UInt8.self)
        }
        return unsafe Bytes(adopting: memory, count: count) { [self] in
            unsafe $0.deallocate()
            inMemoryCount.subtract(1, ordering: .relaxed)
        }
    }

    /// What the client is to get.
    func whole(pieces: Int) -> [UInt8] {
        (0..<pieces).flatMap { index in (0..<byteCount).map { Self.byte(index, $0) } }
    }
}

/// One piece, which is made again only when the test allows it.
final class SlowlyRemakingSource: BodySource, Sendable {
    let isReleased = Monitor(false)
    let isReloading = Monitor(false)
    let mayReload = Monitor(false)
    private let piece = Bytes([UInt8](repeating: 7, count: 1_000_000))
    private let isGiven = Locked(false)

    func next(limit: Int) -> Bytes? {
        isGiven.withLock { isGiven in
            defer { isGiven = true }
            return isGiven ? nil : piece
        }
    }

    var canReload: Bool { true }

    func release() { isReleased.notify { $0 = true } }

    func reload() -> Bytes {
        isReloading.notify { $0 = true }
        _ = mayReload.wait(by: soon()) { $0 ? true : nil }
        return piece
    }
}

/// What stands behind the head of an answer.
func bodyBytes(of answer: [UInt8]) -> [UInt8] {
    let end = Array("\r\n\r\n".utf8)
    guard let start = answer.indices.first(where: { answer[$0...].starts(with: end) }) else {
        return []
    }
    return Array(answer[(start + end.count)...])
}
