import Buffers
import Glibc

#if FUZZING
    // libFuzzer brings `main`, and calls these two.

    /// Answers `fuzz list` with the targets and the longest input of each.
    @c(LLVMFuzzerInitialize)
    func initialize(
        _ count: UnsafeMutablePointer<Int32>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
    ) -> Int32 {
        if CommandLine.arguments.dropFirst().first == "list" {
            for target in FuzzTarget.all { print(target.name, target.inputByteCountMax) }
            exit(0)
        }
        return 0
    }

    @c(LLVMFuzzerTestOneInput)
    func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
        let input = unsafe Bytes(copying: UnsafeRawBufferPointer(start: start, count: count).bytes)
        if let finding = chosen.run(input) { fatalError(finding.description) }
        return 0
    }

    /// The target that the environment names; read once.
    private let chosen: FuzzTarget = {
        let name = unsafe getenv("HOLDFAST_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            fatalError("HOLDFAST_FUZZ_TARGET must name a target, not \"\(name)\"")
        }
        return target
    }()
#else
    /// Without libFuzzer: inputs from a seed, and single inputs. `tools/fuzz/hunt.py` drives it.
    @main
    enum Fuzz {
        static func main() throws {
            let words = Array(CommandLine.arguments.dropFirst())
            switch words.first {
            case "seeded" where words.count == 5:
                try SeededRun(words.dropFirst().map { $0 }).run()
            case "input" where words.count == 4:
                try SeededRun.writeInput(seed: words[1], index: words[2], to: words[3])
            case "script" where words.count == 4:
                try SeededRun.writeScript(words[1], words[2], to: words[3])
            case "replay" where words.count == 3:
                try SeededRun.replay(words[1], words[2])
            default:
                print("This is built without libFuzzer: use tools/fuzz/run.")
                exit(2)
            }
            exit(0)
        }
    }
#endif
