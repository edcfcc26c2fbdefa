import Buffers
import Execution
import TestSupport

/// Honest and hostile clients side by side on one node, for a time.
final class HostileRun {
    /// Threads of honest clients.
    private static let honestThreadCount = 4

    let load: HonestLoad
    let watch: NodeWatch
    private let hostile: HostileClients
    private let seed: UInt64

    init(_ node: RunningNode, _ content: HonestContent, seed: UInt64) throws {
        self.seed = seed
        load = HonestLoad(content, node)
        watch = NodeWatch(ProcessFigures(of: node.process.processID), HonestClient(node))
        let large = content.files.filter { $0.bytes.count > 1_000_000 }.map(\.path)
        hostile = HostileClients(
            node, largePaths: large + content.roots.suffix(2),
            largeBlocks: content.largeBlocks.map(\.path),
            dearPaths: try DearContent(addedTo: node).paths)
    }

    /// Returns when all clients have left.
    func run(for duration: Duration) {
        let deadline = Deadline.after(duration)
        let watching = Thread(name: "watch") { [watch] in watch.run() }
        var threads = hostile.start(until: deadline, seed: seed)
        for number in 0..<Self.honestThreadCount {
            let random = SeededRandom(seed: seed &+ UInt64(number))
            threads.append(
                Thread(name: "honest") { [load] in load.run(until: deadline, random) })
        }
        for thread in threads { thread.join() }
        watch.end()
        watching.join()
    }

    /// What was done, for people.
    var summary: String {
        "hostile run: \(load.answerCount) honest answers right, \(load.problemCount) wrong, "
            + "\(load.retryCount) asked again; "
            + "\(hostile.count) hostile connections; own memory at most \(watch.peakMebibytes) MiB, "
            + "of which no part counts \(watch.uncountedMebibytes)"
    }
}
