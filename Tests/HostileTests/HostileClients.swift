import Buffers
import Execution
import TestSupport

/// Clients that mean no good, each kind on threads of its own.
///
/// They come from other addresses than the honest ones, as strangers do. Extensions hold the kinds:
/// `+Requests`, `+Slow`, `+Connections`.
final class HostileClients: Sendable {
    let gatewayPort: UInt16
    let rpcPort: UInt16
    /// Paths below `/ipfs/` that are large enough to be read slowly.
    let largePaths: [String]
    /// Paths below `/ipfs/` of large blocks.
    let largeBlocks: [String]
    /// Paths below `/ipfs/` whose answers take much memory while they are made.
    let dearPaths: [String]
    private let done = Locked(0)

    init(
        _ node: RunningNode, largePaths: [String], largeBlocks: [String], dearPaths: [String]
    ) {
        gatewayPort = node.gatewayPort
        rpcPort = node.rpcPort
        self.largePaths = largePaths
        self.largeBlocks = largeBlocks
        self.dearPaths = dearPaths
    }

    /// Things that were done, whatever became of them.
    var count: Int { done.withLock { $0 } }

    /// All kinds, each with the number of threads that are busy with it.
    static let kinds: [(name: String, threadCount: Int, work: Kind)] = [
        ("requests", 3, HostileClients.sendRandomRequests), ("slow", 1, HostileClients.readSlowly),
        ("crowd", 1, HostileClients.crowd), ("dear", 1, HostileClients.askForDearContent),
        ("stalled", 1, HostileClients.stallUploads),
        ("queries", 1, HostileClients.askAtLength), ("idle", 1, HostileClients.holdConnections),
        ("half", 1, HostileClients.closeHalf), ("abort", 1, HostileClients.abortUploads),
        ("garbage", 1, HostileClients.sendGarbage), ("pipeline", 1, HostileClients.pipeline),
    ]

    typealias Kind = @Sendable (HostileClients) -> (Deadline, inout SeededRandom) -> Void

    /// Starts all of them.
    ///
    /// - Returns: threads that end at the deadline, or a few seconds later.
    func start(until deadline: Deadline, seed: UInt64) -> [Thread] {
        var threads: [Thread] = []
        for kind in Self.kinds {
            for _ in 0..<kind.threadCount {
                let number = UInt64(threads.count)
                threads.append(
                    Thread(name: "hostile-" + kind.name) {
                        var random = SeededRandom(seed: seed &+ 1_000 &+ number)
                        while !deadline.hasPassed { kind.work(self)(deadline, &random) }
                    })
            }
        }
        return threads
    }

    /// Connects from an address that no honest client has.
    ///
    /// - Parameter address: the last number of it; any if not given.
    func connect(
        _ port: UInt16, _ random: inout SeededRandom, from address: UInt8? = nil,
        patience: Int = 2, receiving: Int32? = nil
    ) -> RawClient {
        note()
        return RawClient(
            port: port, from: address ?? UInt8(2 + random.below(100)), patience: patience,
            receiveByteCount: receiving)
    }

    func note() { done.withLock { $0 += 1 } }

    /// Lets time pass, but not beyond the end.
    func rest(_ duration: Duration, until deadline: Deadline) {
        pause(for: min(duration, max(.zero, deadline.remaining ?? duration)))
    }

    func head(_ method: String, _ target: String, _ fields: [String] = []) -> String {
        (["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1"] + fields).joined(separator: "\r\n")
            + "\r\n\r\n"
    }
}
