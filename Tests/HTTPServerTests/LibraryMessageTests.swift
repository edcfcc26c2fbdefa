import CMicroHTTPD
import Execution
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

/// What libmicrohttpd says shows in the error log where nothing else tells of it.
@Suite(.timeLimit(.minutes(40)))
struct LibraryMessageTests {
    @Test(arguments: [
        ("Server reached connection limit. Closing inbound connection.\n", true),
        ("Failed to create a new thread because it would have exceeded the system limit.\n", true),
        ("Failed to parse `Content-Length' header. Closing connection.\n", true),
        ("Socket has been disconnected when reading request.\n", false),
        ("Application reported internal error, closing connection.", false),
        ("Setting %s option to %s state failed: %s\n", false),
        ("Processing thread terminating. Closing connection\n", false),
        ("Error processing request (HTTP response code is %u). Closing connection.\n", false),
    ])
    func whatAClientCanBringAboutIsLeftOut(format: String, isTold: Bool) {
        let answer = unsafe holdfast_mhd_is_told(format)
        #expect((answer != 0) == isTold)
    }

    @Test func aMessageIsALineOfTheLog() {
        let reports = Locked<[String]>([])
        var options = ListenerOptions.testing()
        options.errorLog = { text in reports.withLock { $0.append(text) } }
        let core = ListenerCore(options) { _ in .respond(.text(.ok, "hello")) }
        core.reportFromLibrary("Server reached connection limit.\n")
        #expect(reports.withLock { $0 } == ["test: Server reached connection limit."])
    }
}
