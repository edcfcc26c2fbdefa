import Buffers
import Execution
import Glibc
import TestSupport

/// Tries the inputs of a seed on the targets of whole requests, one after the other.
///
/// An input follows from the seed and its index alone. The index is written to a file before each try:
/// a trap leaves nothing else behind.
struct SeededRun {
    struct WrongArguments: Error {}

    private let seed: UInt64
    private let indices: Range<UInt64>
    private let progress: File

    /// - Parameter words: the seed, the first index, the index after the last, the progress file.
    init(_ words: [String]) throws {
        guard let seed = UInt64(words[0]), let first = UInt64(words[1]),
            let end = UInt64(words[2]), first <= end
        else { throw WrongArguments() }
        self.seed = seed
        indices = first..<end
        progress = try File(words[3], .replace)
    }

    /// Ends the process with 1 at the first find.
    func run() throws {
        for index in indices {
            try progress.write(Bytes(utf8: "\(index)\n"))
            let (target, input) = Self.input(seed: seed, index: index)
            if let finding = target.run(input) { Self.report(finding) }
        }
    }

    /// Which target an index belongs to, and its bytes.
    private static func input(seed: UInt64, index: UInt64) -> (FuzzTarget, Bytes) {
        var random = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ index)
        let name = FuzzTarget.generated[Int(index % UInt64(FuzzTarget.generated.count))].name
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            preconditionFailure("every plan has a target")
        }
        return (target, random.bytes(16 + random.below(600)))
    }

    /// Writes an input to a file and prints the name of its target.
    static func writeInput(seed: String, index: String, to path: String) throws {
        guard let seed = UInt64(seed), let index = UInt64(index) else { throw WrongArguments() }
        let (target, input) = input(seed: seed, index: index)
        try File.replace(path, with: input)
        print(target.name)
    }

    /// Writes what the generator makes of an input to a file, as an input of `request-script`.
    static func writeScript(_ name: String, _ path: String, to script: String) throws {
        guard let plan = FuzzTarget.generated.first(where: { $0.name == name }) else {
            throw WrongArguments()
        }
        let input = try File.readAll(path, limit: 1 << 20)
        try File.replace(script, with: RequestScript.bytes(of: plan.requests(from: input)))
    }

    /// Tries one input of any target.
    static func replay(_ name: String, _ path: String) throws {
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            throw WrongArguments()
        }
        let input = try File.readAll(path, limit: target.inputByteCountMax)
        if let finding = target.run(input) { report(finding) }
    }

    private static func report(_ finding: Finding) -> Never {
        // What did not end goes on, and would hold up an orderly exit.
        try? File(descriptor: 1, name: "standard output").write(
            Bytes(utf8: "finding: \(finding.description)\n"))
        _exit(1)
    }
}
