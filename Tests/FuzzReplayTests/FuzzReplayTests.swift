import Buffers
import Execution
import TestSupport
import Testing
import fuzz

/// Tries again what the fuzzers found once, and inputs made by hand.
///
/// `Tests/Fixtures/fuzz/<target>` holds the inputs; a trap in here ends the test process, and the
/// file that was being tried is the last one named in the output of `swift test`.
@Suite(.timeLimit(.minutes(40)))
struct FuzzReplayTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func noInputIsAFind(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try File.names(in: Fixture.path("fuzz/\(name)"))
        #expect(!inputs.isEmpty, "every target has at least one input")
        for input in inputs {
            let start = Instant.now
            let finding = target.run(try Fixture.bytes("fuzz/\(name)/\(input)"))
            #expect(finding == nil, "\(input)")
            #expect(Instant.now.elapsed(since: start) < .seconds(5), "\(input) takes too long")
        }
    }

    /// The short prefixes of every input: where bytes end early, most decoders have a branch of their own.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func noInputCutShortIsAFind(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for input in try File.names(in: Fixture.path("fuzz/\(name)")) {
            let bytes = try Fixture.bytes("fuzz/\(name)/\(input)")
            for count in 0..<min(bytes.count, 100) {
                #expect(target.run(bytes.prefix(count)) == nil, "\(input), \(count) bytes of it")
            }
        }
    }

    @Test func everyFolderOfInputsBelongsToATarget() throws {
        #expect(
            try File.names(in: Fixture.path("fuzz")).sorted()
                == FuzzTarget.all.map(\.name).sorted())
    }

    /// The canary: a target that no longer reports anything would pass everywhere.
    @Test func aFindingIsReportedAndARefusalIsNot() {
        struct Refusal: Error {}
        let target = FuzzTarget("canary") { bytes in
            guard bytes == Bytes(utf8: "find me") else { throw Refusal() }
            throw Finding(description: "found")
        }
        #expect(target.run(Bytes(utf8: "find me"))?.description == "found")
        #expect(target.run(Bytes(utf8: "refuse me")) == nil)
    }
}
