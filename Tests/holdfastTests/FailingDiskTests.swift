import Buffers
import Execution
import Glibc
import TestSupport
import Testing

/// The built program on a disk some of whose calls fail: what it says, and what is there afterwards.
@Suite(.timeLimit(.minutes(20)))
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
