import BlockStore
import Execution
import Glibc
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(30)))
struct CrashTests {
    @Test func nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws {
        let scratch = try ScratchStore()
        var random = SeededRandom(seed: 4)
        var all = Acknowledgements()
        for seed in 1...TestScale.crashCount() {
            let child = try killedChild(scratch.folder, seed, &random)
            #expect(child.wait() == .signalled(SIGKILL), "\(child.errorText)")
            var acknowledged = Acknowledgements()
            acknowledged.read(child.outputText)
            #expect(acknowledged.errors == [])
            all.read(child.outputText)
            if seed % 10 == 0 {
                let store = try scratch.open()
                try acknowledged.check(store)
                store.close()
            }
        }
        #expect(all.blocks.count > TestScale.crashCount())
        #expect(all.pins.count > 0)
        #expect(all.deleted.count > 0)
        try all.check(try scratch.open())
    }

    private func killedChild(
        _ folder: String, _ seed: Int, _ random: inout SeededRandom
    ) throws -> ChildProcess {
        let program = try BuiltProgram.path("crash-child")
        let microseconds = 1_000 + random.below(80_000)
        if seed % 5 == 0 {
            // On a slow machine the others die before they have acknowledged anything.
            let child = try ChildProcess(program, [folder, "\(seed)"])
            child.waitUntilMuchIsSaid()
            pause(for: .microseconds(microseconds))
            child.kill(SIGKILL)
            return child
        }
        // Some die while they open the store and repair what the one before left behind.
        let moment = random.below(4) == 0 ? "--kill-after" : "--kill-after-open"
        return try ChildProcess.run(program, [folder, "\(seed)", moment, "\(microseconds)"])
    }

    @Test(.enabled(if: TestScale.mayMount, "mounting needs root"))
    func nothingAcknowledgedIsLostWhenThePowerIsCut() throws {
        let crashCount = max(1, TestScale.crashCount() / 10)
        let disk = try PowerCutDisk(mebibytes: 600 + 40 * crashCount)
        var random = SeededRandom(seed: 5)
        var all = Acknowledgements()
        for seed in 1...crashCount {
            let child = try ChildProcess(
                BuiltProgram.path("crash-child"), [disk.mountPoint + "/store", "\(seed)"])
            // On a slow machine the cut would come before anything was acknowledged.
            if seed % 2 == 1 { child.waitUntilMuchIsSaid() }
            pause(for: .microseconds(20_000 + random.below(400_000)))
            // What is acknowledged while the power is being cut does not count: on XFS, an fdatasync
            // that overlaps with the simulated cut may report success although its transaction is
            // dropped. A bare C loop of write and fdatasync shows the same, 6 times in 120.
            let certain = child.outputText
            try disk.cutPower()
            child.kill(SIGKILL)
            child.wait()
            try disk.remount()
            var acknowledged = Acknowledgements()
            acknowledged.read(child.outputText, certain: certain)
            all.read(child.outputText, certain: certain)
            var options = BlockStoreOptions(folder: disk.mountPoint + "/store")
            options.makesIfMissing = true
            options.reserveByteCount = 0
            let store = try BlockStore.open(options)
            try acknowledged.check(store)
            #expect(store.recovery.lostBlockCount == 0)
            #expect(store.recovery.damagedValueCount == 0)
            store.close()
        }
        #expect(all.blocks.count > crashCount)
    }
}

extension ChildProcess {
    /// Waits until it has acknowledged some things.
    fileprivate func waitUntilMuchIsSaid() {
        let deadline = soon()
        while !hasSaidMuch, !hasEnded, !deadline.hasPassed { pause(for: .milliseconds(1)) }
    }

    private var hasSaidMuch: Bool { outputText.utf8.count { $0 == UInt8(ascii: "\n") } > 10 }
}
