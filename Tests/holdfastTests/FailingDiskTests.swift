import Buffers
import Execution
import Glibc
import TestSupport
import Testing

/// The built program on a disk some of whose calls fail: what it says, and what is there afterwards.
@Suite(.timeLimit(.minutes(40)))
struct FailingDiskTests {
    private let place: TestPlace
    private let faults: FailingCalls
    private let cid: String

    init() throws {
        place = try TestPlace()
        faults = try FailingCalls(in: place.folder)
        cid = String(
            try place.run("add", "-Q", input: Bytes(utf8: "kept\n")).outputText.dropLast())
    }

    /// Every call of a kind, and the program's own look does not help where LevelDB looks again.
    @Test(arguments: ["blocks", "meta"], [EIO, ENOMEM, EACCES])
    func aDatabaseIsNotMadeAnewWhereLevelDBCannotLook(database: String, number: Int32) throws {
        try refuses(.init("access", of: "/\(database)/CURRENT", number: number))
    }

    /// The logs are in the list, or nothing is opened.
    @Test(arguments: ["blocks", "meta"])
    func noLogIsLeftOutWhereTheFolderCannotBeListed(database: String) throws {
        let node = try RunningNode(place)
        let later = try place.run("add", "-Q", input: Bytes(utf8: "in the log\n")).outputText
        node.kill()
        // The first list of the folder, which a database that was killed is opened after.
        var fault = FailingCalls.Fault("readdir", of: "/\(database)", number: EIO)
        for count in [1, 1_000_000] {
            fault.count = count
            let failed = try place.run(["pin", "ls"], adding: faults.environment(fault))
            #expect(failed.exitCode == 1)
            #expect(failed.errorText.contains("/\(database): input/output error"))
        }
        let pins = try place.run("pin", "ls", "--type=recursive", "-q").outputText
        #expect(Set(pins.split(separator: "\n")) == [cid[...], later.dropLast()])
        #expect(try place.run("cat", String(later.dropLast())).outputText == "in the log\n")
    }

    /// A failed look at a file is no absence of it: the old key is read, or nothing is.
    @Test func theKeyIsNotReplacedWhereTheSystemDoesNotTellWhetherThereIsOne() throws {
        let id = try place.run("id").outputText
        let key = try File.readAll(place.home + "/keys/private-key", limit: 99)
        for name in ["private-key", "peer-id"] {
            let file = "/keys/" + name
            for call in ["lstat", "stat"] {
                let fault = FailingCalls.Fault(call, of: file, number: EIO)
                let read = try place.run(["cat", cid], adding: faults.environment(fault))
                // Where there is a key nobody looks for what stands in for one.
                #expect(read.exitCode == (call == "lstat" && name == "private-key" ? 1 : 0))
                #expect(try File.readAll(place.home + "/keys/private-key", limit: 99) == key)
            }
        }
        #expect(try place.run("id").outputText == id)
    }

    @Test func aConfigurationThatCannotBeLookedAtIsNotLeftOut() throws {
        let fault = FailingCalls.Fault("lstat", of: "/config.json", number: EIO)
        let served = try place.run(["serve"], adding: faults.environment(fault))
        #expect(served.exitCode == 1)
        #expect(served.errorText.contains("/config.json: input/output error"))
    }

    @Test func aRepositoryThatCannotBeLookedAtIsNotMadeAgain() throws {
        let id = try place.run("id").outputText
        try place.write(".holdfast/config.json", #"{"log":{"level":"info"}}"#)
        let fault = FailingCalls.Fault("lstat", of: "/version", number: EIO)
        for words in [["init"], ["serve", "--init"], ["pin", "ls"]] {
            let made = try place.run(words, adding: faults.environment(fault))
            #expect(made.exitCode == 1)
            #expect(made.errorText.contains("/version: input/output error"))
        }
        #expect(try place.run("id").outputText == id)
        let configuration = try File.readAll(place.home + "/config.json", limit: 99)
        #expect(configuration.utf8Text == #"{"log":{"level":"info"}}"#)
        try expectEverything()
    }

    /// A command without a node has no other log: pins that were acknowledged may be gone.
    @Test func aRepairByACommandIsToldOnStandardError() throws {
        _ = try damageTheLog()
        let opened = try place.run("repo", "stat")
        #expect(opened.exitCode == 0)
        #expect(opened.errorText.contains("its log has been repaired"), "\(opened.errorText)")
        #expect(opened.errorText.contains("droppedByteCount="), "\(opened.errorText)")
        #expect(try place.run("repo", "stat").errorText == "", "told once")
    }

    /// A log with a damaged record, and a read of it that fails once, at any time of the repair.
    @Test func anErrorOfTheDiskInARepairIsNotTakenForDamage() throws {
        let (log, blocks) = try damageTheLog()
        #expect(try place.shell("cp -r .holdfast kept").exitCode == 0)

        func lostBlocks() throws -> [String] {
            try blocks.filter { try place.run("block", "stat", $0).exitCode != 0 }
        }
        #expect(try place.run("repo", "stat").exitCode == 0)
        // The block of LevelDB's log that is damaged has the end of one record and the start of another.
        let damaged = try lostBlocks()
        #expect(damaged.count > 0 && damaged.count < 3)

        var endings: Set<Int32> = []
        var fault = FailingCalls.Fault("read", of: log, number: EIO)
        fault.count = 1
        for first in [1, 2, 5, 8, 12, 16, 20, 30, 40, 60, 1_000] {
            #expect(try place.shell("rm -r .holdfast; cp -r kept .holdfast").exitCode == 0)
            fault.first = first
            let opened = try place.run(["repo", "stat"], adding: faults.environment(fault))
            endings.insert(try #require(opened.exitCode))
            #expect(try lostBlocks() == damaged, "read \(first)")
        }
        #expect(endings == [0, 1])
    }

    /// NFS tells only at the end of a file that there was no room for it.
    @Test(arguments: [(["-o"], "out", ENOSPC), (["-a", "-o"], "out.tar", EDQUOT)])
    func aFileWhoseEndIsRefusedTakesNoPlace(
        options: [String], name: String, number: Int32
    ) throws {
        try place.write(name, "mine\n")
        let fault = FailingCalls.Fault("close", of: "/\(name).part-*", number: number)
        let words = ["get"] + options + [place.path(name), cid]
        let got = try place.run(words, adding: faults.environment(fault))
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("close "), "\(got.errorText)")
        #expect(try File.readAll(place.path(name), limit: 99).utf8Text == "mine\n")
        #expect(try File.names(in: place.folder).allSatisfy { !$0.contains(".part-") })
    }

    @Test(arguments: ["cat", "get -o /dev/stdout", "block stat", "refs --enc=json"])
    func anOutputWhoseEndIsRefusedIsAnError(command: String) throws {
        let fault = FailingCalls.Fault("close", of: "/shown", number: ENOSPC)
        let variables = faults.environment(fault).map { "\($0)='\($1)'" }.joined(separator: " ")
        let shown = try place.shell("\(variables) holdfast \(command) \(cid) > shown")
        #expect(shown.exitCode == (command.hasPrefix("refs") ? 0 : 1), "\(shown.errorText)")
        guard shown.exitCode != 0 else { return }
        #expect(shown.errorText.hasSuffix(": no space left on device\n"), "\(shown.errorText)")
    }

    /// As `/proc/kmsg` is until the kernel says something. The call ends, and nothing is added.
    @Test(arguments: [1, 1 << 20])
    func aFileThatIsNotReadyIsWaitedForAsLongAsTheCallMayTake(byteCount: Int) throws {
        try place.write("silent", String(repeating: "x", count: byteCount))
        let fault = FailingCalls.Fault("poll", of: "/silent", number: EAGAIN)
        let added = try place.run(
            ["add", "-Q", "--timeout=1s", place.path("silent")],
            adding: faults.environment(fault))
        #expect(added.exitCode == 1)
        #expect(added.outputText == "", "\(added.errorText)")
        try expectEverything()
    }

    /// Has the log of a node that was killed damaged in the middle.
    ///
    /// - Returns: its path below the repository, and the blocks that were put into it.
    private func damageTheLog() throws -> (log: String, blocks: [String]) {
        let node = try RunningNode(place)
        var blocks: [String] = []
        for number in 0..<12 {
            let text = String(repeating: "\(number) ", count: 20_000)
            let added = try place.run("add", "-Q", "--raw-leaves", input: Bytes(utf8: text))
            blocks.append(String(added.outputText.dropLast()))
        }
        node.kill()
        let logs = try File.names(in: place.home + "/blocks").filter { $0.hasSuffix(".log") }
        let log = "/blocks/" + (try #require(logs.last))
        var contents = try File.readAll(place.home + log, limit: 1 << 28).array
        contents[100_000] ^= 1
        try File.replace(place.home + log, with: Bytes(contents))
        return (log, blocks)
    }

    private func refuses(_ fault: FailingCalls.Fault) throws {
        let failed = try place.run(["pin", "ls"], adding: faults.environment(fault))
        #expect(failed.exitCode == 1)
        #expect(failed.errorText.contains(place.home), "\(failed.errorText)")
        try expectEverything()
    }

    private func expectEverything() throws {
        let pins = try place.run("pin", "ls", "--type=recursive", "-q")
        #expect(pins.outputText == cid + "\n", "\(pins.errorText)")
        #expect(try place.run("cat", cid).outputText == "kept\n")
    }
}
