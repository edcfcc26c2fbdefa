import Buffers
import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
struct ThreadTests {
    /// The signals that a thread blocks, as bits, the first one at the lowest place.
    private func blockedBits() throws -> UInt64 {
        let result = Pending<UInt64?>()
        let thread = Thread(name: "mask") {
            let text = try? File.readAll("/proc/thread-self/status", limit: 1 << 16).utf8Text
            let line = text?.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
            let digits = line?.split(separator: "\t").last
            result.fulfil(digits.flatMap { UInt64($0, radix: 16) })
        }
        thread.join()
        return try #require(result.value(by: .after(.seconds(30))) ?? nil)
    }

    @Test(arguments: [4, 5, 6, 7, 8, 11, 31])
    func aThreadTakesTheSignalsOfItsOwnFaults(number: UInt64) throws {
        // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS: blocked, they end the process
        // without the handler that says where.
        #expect(try blockedBits() & 1 << (number - 1) == 0)
    }

    @Test(arguments: [1, 2, 3, 10, 12, 13, 14, 15, 17])
    func whatOthersSendIsLeftToTheThreadThatWaitsForIt(number: UInt64) throws {
        #expect(try blockedBits() & 1 << (number - 1) != 0)
    }
}
