import BlockStore
import Buffers
import Execution
import Glibc
import Multiformats

/// Measures the block store alone: appending, opening, reading from the cache and from the log.
///
/// usage: bench-store FOLDER [--only WORD] [--blocks N]
@main
enum StoreBench {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.popFirst() else {
            print("usage: bench-store FOLDER [--only WORD] [--blocks N]")
            return
        }
        var only = ""
        var blockCount = 1_000_000
        while let argument = arguments.popFirst() {
            switch argument {
            case "--only": only = arguments.popFirst() ?? ""
            case "--blocks": blockCount = arguments.popFirst().flatMap(Int.init) ?? blockCount
            default: return print("unknown argument \(argument)")
            }
        }
        let bench = StoreBench.Rows(folder: folder + "/bench-store")
        if "append".contains(only) { try bench.appendLarge() }
        if "small".contains(only) { try bench.appendSmall() }
        if "one".contains(only) { try bench.appendOneByOne() }
        if "read".contains(only) { try bench.read() }
        if only == "reopen" { try bench.reopen() }
        if "open".contains(only) { try bench.open(blockCount: blockCount) }
    }

    /// The rows; each with a fresh store.
    struct Rows {
        let folder: String

        func appendLarge() throws {
            let store = try fresh()
            let data = Samples(byteCount: 256 << 10)
            try measure("append 1 GiB of 256 KiB blocks, MiB/s", 1024) {
                let appender = store.makeAppender(by: .never)
                for number in 0..<4096 { try appender.append(data.block(number)) }
                try appender.barrier(by: .never)
            }
            store.close()
        }

        func appendSmall() throws {
            let store = try fresh()
            let data = Samples(byteCount: 4096)
            try measure("append 10,000 blocks of 4 KiB, blocks/s", 10_000) {
                let appender = store.makeAppender(by: .never)
                for number in 0..<10_000 { try appender.append(data.block(number)) }
                try appender.barrier(by: .never)
            }
            try measure("append 10,000 blocks that are there, blocks/s", 10_000) {
                let appender = store.makeAppender(by: .never)
                for number in 0..<10_000 { try appender.append(data.block(number)) }
                try appender.barrier(by: .never)
            }
            store.close()
        }

        func appendOneByOne() throws {
            let store = try fresh()
            let data = Samples(byteCount: 4096)
            for threadCount in [1, 16] {
                try measure("synced puts by \(threadCount) threads, puts/s", 2000) {
                    run(threadCount) { thread in
                        for number in 0..<2000 / threadCount {
                            let id = threadCount * 1_000_000 + thread * 10_000 + number
                            try? store.append([data.block(id)], by: .never)
                        }
                    }
                }
                try measure("pins by \(threadCount) threads, pins/s", 2000) {
                    run(threadCount) { thread in
                        for number in 0..<2000 / threadCount {
                            let id = threadCount * 1_000_000 + thread * 10_000 + number
                            let cid = CID.v1(.raw, data.multihash(id))
                            try? store.pin(cid, mode: .recursive, name: "", by: .never)
                        }
                    }
                }
            }
            store.close()
        }

        func read() throws {
            let store = try fresh()
            let data = Samples(byteCount: 256 << 10)
            try store.append((0..<512).map(data.block), by: .never)
            for threadCount in [1, 32] {
                for hot in [1, 64] {
                    let name = "get from cache, \(hot) hot blocks, \(threadCount) threads, gets/s"
                    try measure(name, Double(threadCount * 200_000)) {
                        run(threadCount) { thread in
                            for number in 0..<200_000 {
                                _ = try? store.get(data.multihash((number + thread) % hot))
                            }
                        }
                    }
                }
            }
            try measure("get of 256 KiB past the cache, gets/s", 4096) {
                for number in 0..<4096 { _ = try store.get(data.multihash(number * 7 % 512)) }
            }
            store.close()
        }

        func open(blockCount: Int) throws {
            var store = try fresh()
            let data = Samples(byteCount: 256)
            try measure("append \(blockCount) blocks of 256 B, blocks/s", Double(blockCount)) {
                let appender = store.makeAppender(by: .never)
                for number in 0..<blockCount { try appender.append(data.block(number)) }
                try appender.barrier(by: .never)
            }
            let closing = Instant.now
            store.close()
            print("close: \(milliseconds(since: closing)) ms")
            let options = store.options
            for _ in 0..<3 {
                let start = Instant.now
                store = try BlockStore.open(options)
                print("open with \(blockCount) blocks: \(milliseconds(since: start)) ms")
                store.close()
            }
            store = try BlockStore.open(options)
            try measure("look-ups that miss, per s", 100_000) {
                for number in 0..<100_000 { _ = try store.stat(data.multihash(-1 - number)) }
            }
            try measure("look-ups that hit, per s", 100_000) {
                for number in 0..<100_000 {
                    _ = try store.stat(data.multihash(number * 7919 % blockCount))
                }
            }
            store.close()
        }

        /// Opens what an earlier run left, for instance one that was killed.
        func reopen() throws {
            let start = Instant.now
            let store = try BlockStore.open(BlockStoreOptions(folder: folder))
            print("open: \(milliseconds(since: start)) ms, \(store.recovery), \(store.statistics)")
            store.close()
        }

        private func fresh() throws -> BlockStore {
            if try File.exists(folder) { try File.removeTree(folder) }
            var options = BlockStoreOptions(folder: folder)
            options.makesIfMissing = true
            return try BlockStore.open(options)
        }

        private func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
            let threads = (0..<count).map { index in
                Thread(name: "bench-\(index)") { body(index) }
            }
            for thread in threads { thread.join() }
        }

        private func measure(_ name: String, _ units: Double, _ work: () throws -> Void) throws {
            let (start, cpu) = (Instant.now, Self.cpuSeconds)
            try work()
            let seconds = Instant.now.elapsed(since: start).inSeconds
            let used = ((Self.cpuSeconds - cpu) * 1000).rounded() / 1000
            print("\(name): \(Int(units / seconds)) (\(used) CPU-s)")
        }

        private func milliseconds(since start: Instant) -> Double {
            (Instant.now.elapsed(since: start).inSeconds * 10_000).rounded() / 10
        }

        private static var cpuSeconds: Double {
            var usage = rusage()
            unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return [usage.ru_utime, usage.ru_stime].reduce(0) {
                $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
            }
        }
    }
}

/// Blocks without a pattern, under digests made up from their numbers: hashing is not measured here.
struct Samples: Sendable {
    private let memory: Bytes
    private let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var writer = ByteWriter(capacity: 64 << 20)
        while writer.count < 64 << 20 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            writer.appendLittleEndian(state)
        }
        memory = writer.finish()
    }

    func multihash(_ number: Int) -> Multihash {
        let word = UInt64(bitPattern: Int64(number)) &* 0x9e37_79b9_7f4a_7c15
        return Multihash(
            code: .sha2_256, inline32: (word, word &* 3 &+ 1, word ^ 0xff51_afd7_ed55_8ccd, word))
    }

    func block(_ number: Int) -> VerifiedBlock {
        let start = number * byteCount % (memory.count - byteCount + 1)
        return VerifiedBlock(
            cid: .v1(.raw, multihash(number)), alreadyHashed: memory[start..<start + byteCount])
    }
}
