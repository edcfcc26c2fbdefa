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

    /// The decoder that the environment names; read once.
    private let chosen: FuzzTarget = {
        let name = unsafe getenv("HOLDFAST_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            fatalError("HOLDFAST_FUZZ_TARGET must name a target, not \"\(name)\"")
        }
        return target
    }()
#else
    /// Every other build of the package contains this target too, and needs a `main`.
    @main
    enum Fuzz {
        static func main() {
            print("This is built without libFuzzer: use tools/fuzz/run.")
            exit(2)
        }
    }
#endif
