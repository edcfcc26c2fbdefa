import Execution
import TestSupport
import Testing

/// Every recorded `ipfs add`, through the built program: arguments, walk, upload, import, output.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct RecordedAddTests {
    @Test(arguments: [false, true])
    func theProgramSaysWhatKuboSaid(onlyHash: Bool) throws {
        let node = try RunningNode(TestPlace())
        for (number, recorded) in RecordedAdd.all.enumerated() {
            let folder = node.place.path("case-\(number)")
            let path = try recorded.make(in: folder)
            let options =
                ["-Q"] + (recorded.input.isFolder ? ["-r"] : []) + (onlyHash ? ["-n"] : [])
            let process = try node.place.run(["add"] + options + recorded.flags + [path])
            let name = "case \(number): \(recorded)"
            if let cid = recorded.cid {
                #expect(process.outputText == cid + "\n", "\(name) \(process.errorText)")
                #expect(process.exitCode == 0, "\(name)")
            } else {
                let line = process.errorText.split(separator: "\n").first.map(String.init)
                #expect(line == recorded.error, "\(name)")
                #expect(process.exitCode == 1, "\(name)")
            }
            try File.removeTree(folder)
        }
        #expect(node.stop() == 0)
    }
}
