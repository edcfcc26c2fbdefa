import BlockStore
import Buffers
import Execution
import Glibc
import Multiformats
import TestSupport
import Vault

/// A process that a test kills: it appends, pins, unpins and deletes in a store, and writes a line to
/// standard output for everything that the store has acknowledged.
///
///     crash-child FOLDER SEED [--kill-after MICROSECONDS] [--kill-after-open MICROSECONDS] [--count N]
///
/// Numbers of blocks begin at SEED * 1,000,000; the test makes the same blocks from the numbers.
/// Lines: `open`, `b N` (block), `p N` (pin), `u N` and `U N` (unpin: about to, done), `d N` and `D N`
/// (delete: about to, done), `e TEXT` (an error).
///
/// With `--count` it appends and pins so many blocks one by one instead, goes on after errors, and ends
/// without closing the store, as if it had been killed.
@main
enum CrashChild {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.popFirst(), let seed = arguments.popFirst().flatMap(Int.init)
        else { exit(2) }
        var count: Int?
        var afterOpen: Int?
        while let argument = arguments.popFirst() {
            let number = arguments.popFirst().flatMap(Int.init)
            switch argument {
            case "--kill-after": if let number { killSelf(after: number) }
            case "--kill-after-open": afterOpen = number
            case "--count": count = number
            default: exit(2)
            }
        }
        let report = Report()
        let store = try BlockStore.open(options(folder))
        report.line("open")
        if let afterOpen { killSelf(after: afterOpen) }
        if let count {
            OneByOne(store: store, report: report).run(first: seed * 1_000_000, count: count)
            _exit(0)
        }
        run(Work(store: store, report: report, seed: seed))
    }

    /// Small memtables, so that tables are written and logs are changed all the time.
    private static func options(_ folder: String) -> BlockStoreOptions {
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.reserveByteCount = 0
        options.logWriteBufferByteCount = 512 << 10
        options.metaWriteBufferByteCount = 64 << 10
        options.reopenDelay = .milliseconds(5)
        options.indexDelay = .milliseconds(3)
        return options
    }

    private static func run(_ work: Work) {
        let threads = [
            Thread(name: "files") { work.addFiles() }, Thread(name: "single") { work.addSingles() },
            Thread(name: "delete") { work.addAndDelete() },
        ]
        for thread in threads { thread.join() }
    }

    private static func killSelf(after microseconds: Int) {
        _ = Thread(name: "killer") {
            pause(for: .microseconds(microseconds))
            kill(getpid(), SIGKILL)
        }
    }
}

/// Standard output, a whole line at a time.
struct Report: Sendable {
    private let file = File(descriptor: 1, name: "standard output")

    func line(_ text: String) { try? file.write(Bytes(utf8: text + "\n")) }
}

/// What the threads do until somebody ends the process.
struct Work: Sendable {
    let store: BlockStore
    let report: Report
    let seed: Int

    /// Runs of blocks with one barrier at the end, then a pin.
    func addFiles() {
        var random = SeededRandom(seed: UInt64(seed))
        var number = seed * 1_000_000
        while true {
            let count = 1 + random.below(40)
            attempt {
                let appender = store.makeAppender(by: .after(.seconds(10)))
                for index in 0..<count { try appender.append(SampleBlock.make(number + index)) }
                try appender.barrier(by: .after(.seconds(10)))
                for index in 0..<count { report.line("b \(number + index)") }
                try store.pin(
                    SampleBlock.make(number).cid, mode: .recursive, name: "\(number)",
                    by: .after(.seconds(10)))
                report.line("p \(number)")
                if random.below(3) == 0 {
                    report.line("u \(number)")
                    try store.unpin(SampleBlock.make(number).cid, by: .after(.seconds(10)))
                    report.line("U \(number)")
                }
            }
            number += count
        }
    }

    /// Blocks one by one.
    func addSingles() {
        for number in (seed * 1_000_000 + 400_000)... {
            attempt {
                try store.append([SampleBlock.make(number)], by: .after(.seconds(10)))
                report.line("b \(number)")
            }
        }
    }

    /// Blocks that are deleted soon.
    func addAndDelete() {
        for number in (seed * 1_000_000 + 800_000)... {
            attempt {
                let block = try SampleBlock.make(number)
                try store.append([block], by: .after(.seconds(10)))
                report.line("b \(number)")
                guard number % 3 != 0 else { return }
                report.line("d \(number)")
                try store.delete(block.multihash, by: .after(.seconds(10)))
                report.line("D \(number)")
            }
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { report.line("e \(error)") }
    }
}

/// Blocks one by one with tries again after errors: what a fault in the middle may not hurt.
struct OneByOne {
    let store: BlockStore
    let report: Report

    func run(first: Int, count: Int) {
        for number in first..<first + count {
            retrying {
                let block = try SampleBlock.make(number)
                try store.append([block], by: .after(.seconds(10)))
                report.line("b \(number)")
                try store.pin(
                    block.cid, mode: .direct, name: "\(number)", by: .after(.seconds(10)))
                report.line("p \(number)")
            }
        }
    }

    private func retrying(_ body: () throws -> Void) {
        for _ in 0..<500 {
            do { return try body() } catch {
                report.line("e \(error)")
                // The store reopens its database by itself: a moment later it takes writes.
                pause(for: .milliseconds(10))
            }
        }
    }
}

extension VerifiedBlock {
    fileprivate var cid: CID { .v1(codec, multihash) }
}
