import Buffers
import Execution
import JSON
import TestSupport
import Testing

@testable import holdfast

/// Numbers that a node may answer with, or a file claim, end in some text and never in a trap.
@Suite(.timeLimit(.minutes(40)))
struct HostileNumberTests {
    private func value(_ json: String) throws -> JSONValue {
        try JSONReader.read(Bytes(utf8: json))
    }

    @Test(arguments: [
        ("1e300", "1e300"), ("-1234567.5", "-1234567.5"), ("-0.5", "-0.5"),
        ("1e9999", "1e9999"), ("9e12", "9e12"), ("8999999999999", "8999999999999.000000"),
        ("1.25", "1.250000"), ("0.0000004", "0.000000"), ("-0", "0.000000"),
    ])
    func aRatioIsPrintedWhateverItIs(ratio: String, text: String) throws {
        let dags = "\"DagStats\":[{\"Cid\":\"x\"}]"
        let stats = try DAGActions.statText(try value("{\(dags),\"Ratio\":\(ratio)}"))
        #expect(stats.hasSuffix("\nRatio: \(text)\n\n\n"), "\(stats)")
    }

    @Test func sumsOfBlocksStopAtTheLargestNumber() throws {
        let stat = "{\"NumBlocks\":18446744073709551615,\"Size\":3}"
        let stats = try value("[\(stat),\(stat)]").elements ?? []
        #expect(try DAGActions.sum("NumBlocks", of: stats) == .max)
        #expect(try DAGActions.sum("Size", of: stats) == 6)
    }

    @Test func codesOfBasesAreSortedWhateverTheyAre() {
        let codes: [Int64] = [.max, 0x62, .min, 0x42, 0x61, 0x41, 0, -1]
        #expect(
            codes.sorted(by: TableActions.isBefore)
                == [.min, -1, 0, 0x61, 0x41, 0x62, 0x42, .max])
    }

    /// In memory, because file systems of disks have smaller limits.
    @Test(.enabled(if: try File.exists("/dev/shm")))
    func sparseFilesMayBeLargerThanAllNumbersTogether() throws {
        let folder = "/dev/shm/holdfast-sparse-\(ProcessSetup.processNumber)"
        try File.makeFolder(folder)
        defer { try? File.removeTree(folder) }
        var paths: [(path: Bytes, name: Bytes)] = []
        for name in ["a", "b", "c"] {
            let path = folder + "/" + name
            try File(path, .createNew).truncate(to: UInt64(Int64.max))
            paths.append((path: Bytes(utf8: path), name: Bytes(utf8: name)))
        }
        #expect(try AddAction.total(paths, TreeWalk.Rules()) == nil)
        #expect(try AddAction.total(Array(paths[..<2]), TreeWalk.Rules()) == .max - 1)
    }

    @Test func aBarShowsAnyRate() {
        var bar = ProgressBar(
            on: TextOutput(descriptor: -1, name: "nowhere"), totalByteCount: 1)
        try? bar.add(.max)
        #expect(bar.text(after: .zero).contains("100%"))
    }
}
