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
            "Setting TCP_NODELAY option to ON state failed: Operation not supported\n",
            "Processing thread terminating. Closing connection\n",
            "Failed to create a new thread because it would have exceeded the system limit.\n",
            "Error processing request (HTTP response code is 431 ('x')). Closing connection.\n",
        ] {
            core.reportFromLibrary(text)
        }
        let wanted = [
            "test: Server reached connection limit. Closing inbound connection.",
            "test: Failed to create a new thread because it would have exceeded the system limit.",
        ]
        #expect(reports.withLock { $0 } == wanted)
    }
}
