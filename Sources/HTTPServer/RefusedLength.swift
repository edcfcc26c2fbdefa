import CMicroHTTPD
import Execution
import Glibc
import HTTP

/// Answers a request whose `Content-Length` libmicrohttpd cannot read.
///
/// libmicrohttpd 0.9.75 refuses it itself and sends the head of its answer twice. Before it does, it
/// says so to its log, on the connection's own thread: its answer is diverted then, and ours is sent.
enum RefusedLength {
    /// Whether a message of libmicrohttpd's is about such a request.
    static func isMeant(by message: String) -> Bool { message.contains("Content-Length' header") }

    /// Notes whose request the calling thread works on: a message names none.
    static func note(_ exchange: Exchange?) {
        let pointer = unsafe exchange.map { unsafe Unmanaged.passUnretained($0).toOpaque() }
        let outcome = unsafe pthread_setspecific(key, pointer)
        precondition(outcome == 0, "no memory is left for a thread's exchange")
    }

    /// Answers the request that the calling thread works on.
    static func answer(_ message: String) {
        guard let pointer = unsafe pthread_getspecific(key) else { return }
        unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue().refuseLength(
            message.hasPrefix("Too large")
                ? .text(.contentTooLarge, "the Content-Length is larger than any body\n")
                : .text(.badRequest, "the Content-Length is no number of bytes\n"))
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let outcome = unsafe pthread_key_create(&key, nil)
        precondition(outcome == 0, "the process has no thread-specific key left")
        return key
    }()
}

extension Exchange {
    /// Has libmicrohttpd's answer go nowhere; ours follows when the exchange is over. Not before: the
    /// client may end, and the listener be stopped, and then libmicrohttpd 0.9.75 forgets its answer and
    /// ends the process for want of it.
    fileprivate func refuseLength(_ response: Response) {
        let mayAnswer = noteBeginning()
        stage = .answered
        status = response.status
        diversion = SocketDiversion(of: connection)
        if mayAnswer, diversion != nil { refusal = response }
    }

    /// Sends the answer, as far as the client takes it without a wait.
    func sendRefusal() {
        guard let response = refusal.take() else { return }
        let (head, body) = lastAnswer(response)
        var parts = SocketParts(head, body)
        endedWell = SocketWriter.push(&parts, to: connection.socket) == .done
        mustLinger = true
    }
}
