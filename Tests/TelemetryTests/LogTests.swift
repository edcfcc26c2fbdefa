import Buffers
import Execution
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct LogTests {
    private func logged(_ format: Log.Format, _ body: (Log) -> Void) throws -> String {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-log-")
        defer { try? File.removeTree(folder) }
        let log = Log(level: .info, format: format, to: try File(folder + "/log", .append))
        body(log)
        log.close()
        return try File.readAll(folder + "/log", limit: 1 << 20).utf8Text ?? ""
    }

    @Test func machinesGetOneObjectALine() throws {
        let text = try logged(.json) {
            $0.debug("not this one")
            $0.info("node \"ready\"", [.text("address", "127.0.0.1:1"), .integer("count", 3)])
            $0.error("bad", [.truth("again", false), .number("seconds", .infinity)])
        }
        let lines = text.split(separator: "\n").map { $0.drop { $0 != "," } }
        #expect(
            lines == [
                #","level":"info","message":"node \"ready\"","address":"127.0.0.1:1","count":3}"#,
                #","level":"error","message":"bad","again":false,"seconds":null}"#,
            ])
    }

    @Test func peopleGetOneLineThatContentCannotForge() throws {
        let text = try logged(.human) {
            $0.warning("two\nlines\u{1b}[31m", [.text("path", "a b\n")])
            $0.warning("\u{9b}31m", [.text("name", "\u{202e}gpj.exe"), .text("é", "e\u{301}")])
        }
        let lines = text.split(separator: "\n").map { $0.dropFirst(9) }
        #expect(
            lines == [
                "warning two lines\\u001b[31m path=\"a b\\n\"",
                "warning \\u009b31m name=\"\\u202egpj.exe\" é=e\u{301}",
            ])
    }

    /// A blank that is not the one between fields counts as what does not show, too.
    @Test(arguments: PrintableSample.all)
    func peopleGetOnlyWhatShowsAsItIs(sample: PrintableSample) throws {
        let text = "a\(sample.scalar)b"
        let messages = try logged(.human) { $0.info(text) }
        #expect(messages.contains(text) == sample.isPrintable)
        let fields = try logged(.human) { $0.info("x", [.text("name", text)]) }
        #expect(fields.contains(text) == sample.isPrintable)
    }

    @Test func aLogThatCannotBeWrittenStopsNobody() {
        let log = Log(level: .info, format: .json, to: File(descriptor: -1, name: "closed"))
        for number in 0..<10_000 { log.info("line \(number)") }
        log.close()
    }
}
