import Buffers
import Execution
import TestSupport
import Testing

@testable import Telemetry

/// Lines that are lost are counted.
@Suite(.timeLimit(.minutes(40)))
struct LogWriterTests {
    /// A place for lines that fails until it is told not to.
    private final class Place: Sendable {
        private let state = Monitor((isFull: true, failures: 0, text: ""))

        func write(_ bytes: Bytes) throws {
            let isFull = state.notify { state in
                if state.isFull { state.failures += 1 } else { state.text += bytes.displayText }
                return state.isFull
            }
            if isFull { throw FileError(operation: "write", path: "log", number: 28) }
        }

        func waitForFailures(_ count: Int) {
            let failed = state.wait(by: soon()) { $0.failures >= count ? true : nil }
            #expect(failed == true)
        }

        func makeRoom() { state.withLock { $0.isFull = false } }

        var text: String { state.withLock { $0.text } }
    }

    @Test func linesThatCouldNotBeWrittenAreCountedBehindTheNextOne() {
        let place = Place()
        let writer = LogWriter(.human) { try place.write($0) }
        writer.enqueue("one\n")
        place.waitForFailures(1)
        // The report is lost with it, and made again.
        writer.enqueue("two\n")
        place.waitForFailures(2)
        place.makeRoom()
        writer.enqueue("three\n")
        writer.close()
        let lines = place.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "three")
        #expect(lines.last?.hasSuffix(" droppedCount=2") == true)
        #expect(lines.last?.contains(" warning log lines were dropped") == true)
    }

    @Test func theLastLinesAreCountedToo() {
        let place = Place()
        let writer = LogWriter(.json) { try place.write($0) }
        writer.enqueue("one\n")
        place.waitForFailures(1)
        place.makeRoom()
        writer.close()
        #expect(place.text.hasSuffix(#","droppedCount":1}"# + "\n"))
    }

    @Test func aPlaceThatNeverTakesAnythingEndsTheLog() {
        let place = Place()
        let writer = LogWriter(.human) { try place.write($0) }
        for number in 0..<10_000 { writer.enqueue("line \(number)\n") }
        writer.close()
        #expect(place.text == "")
    }
}
