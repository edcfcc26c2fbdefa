import Execution
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

/// What libmicrohttpd says shows in the error log where nothing else tells of it.
@Suite(.timeLimit(.minutes(20)))
struct LibraryMessageTests {
    @Test func whatAClientCanBringAboutIsLeftOut() {
        let reports = Locked<[String]>([])
        var options = ListenerOptions.testing()
        options.errorLog = { text in reports.withLock { $0.append(text) } }
        let core = ListenerCore(options) { _ in .respond(.text(.ok, "hello")) }
        for text in [
            "Server reached connection limit. Closing inbound connection.\n",
            "Socket has been disconnected when reading request.\n",
            "Application reported internal error, closing connection.",
            "Error processing request (HTTP response code is 431 ('x')). Closing connection.\n",
        ] {
            core.reportFromLibrary(text)
        }
        let wanted = "test: Server reached connection limit. Closing inbound connection."
        #expect(reports.withLock { $0 } == [wanted])
    }
}
