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
