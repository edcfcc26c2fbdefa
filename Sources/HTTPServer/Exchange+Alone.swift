import Buffers
import CMicroHTTPD
import Execution
import HTTP
import Synchronization

/// What is done without libmicrohttpd: reading a body, and answering it.
///
/// libmicrohttpd gives a connection away when an answer says that another protocol follows (101). Ours
/// says so to nowhere, and then the socket and what was read from it already are ours. The connection
/// ends with the answer, because nothing can be given back.
extension Exchange {
    /// Has libmicrohttpd give the connection away; `goOnAlone` follows.
    ///
    /// - Parameter length: of the body; nil for one in chunks.
    func takeOver(length: UInt64?, expectsContinue: Bool) -> MHD_Result {
        bodyLength = length
        mustSayContinue = expectsContinue
        diversion = SocketDiversion(of: connection)
        guard diversion != nil,
            let answer = unsafe MHD_create_response_for_upgrade(ListenerCallbacks.takenOver, nil)
        else {
            // The client is waiting on the other socket.
            diversion = nil
            core.report("\(targetForLog): no descriptor or memory is left to read its body")
            return answerEarly(Overloaded("the table of open files").response)
        }
        defer { unsafe MHD_destroy_response(answer) }
        guard unsafe MHD_add_response_header(answer, "Upgrade", "body") == .YES else { return .NO }
        return unsafe MHD_queue_response(
            handle, UInt32(MHD_HTTP_SWITCHING_PROTOCOLS), answer)
    }

    /// Reads the body and answers.
    ///
    /// - Parameter received: what was read together with the header section.
    func goOnAlone(with received: UnsafeRawBufferPointer) {
        diversion = nil
        endedWell = false
        guard case .receiving(let receiver) = stage else { return }
        // A stop in the meantime has shut the other socket.
        if core.isEnding.load(ordering: .sequentiallyConsistent) { connection.shut() }
        if mustSayContinue, unsafe received.isEmpty, !sayContinue() {
            stage = .answered
            receiver.abandon()
            return
        }
        var reader = BodyReader(length: bodyLength, for: receiver, of: self)
        let outcome = unsafe reader.run(first: received)
        stage = .answered
        switch outcome {
        case .broken: return
        case .failed(let error): answerAlone(core.answer(for: error, to: request))
        case .complete:
            liveness.noteWhole()
            do {
                answerAlone(try receiver.finish())
            } catch {
                answerAlone(core.answer(for: error, to: request))
            }
        }
        // Before the connection is given back: whoever closes it waits for this thread to end.
        if mustLinger { Lingering.drop(on: connection.socket) }
        mustLinger = false
    }

    /// Sends an answer as the last one of the connection.
    private func answerAlone(_ response: consuming Response) {
        status = response.status
        switch transmit(consume response, isLast: true) {
        case .sent:
            endedWell = true
            mustLinger = true
        case .broken: break
        // Not the same way again: what failed, such as the time, fails again.
        case .failed(let error): endedWell = sendWhole(core.answer(for: error, to: request))
        }
    }

    /// Sends an answer of an error as the last one of the connection: nothing of it can fail but the
    /// connection.
    ///
    /// - Returns: whether all of it was sent.
    func sendWhole(_ response: Response) -> Bool {
        var response = response
        if case .source(let source, _) = response.body {
            source.close()
            response.body = .none
        }
        let (head, body) = lastAnswer(response)
        guard write(SocketParts(head, body), moving: body.count) else { return false }
        countSent(body.count)
        mustLinger = true
        return true
    }

    /// An answer without a source as it is sent, the last one of the connection.
    func lastAnswer(_ response: Response) -> (head: Bytes, body: Bytes) {
        status = response.status
        let head = AnswerHead.make(response, framing(of: response), isLast: true, at: .now)
        guard case .bytes(let bytes) = response.body, !isHead else { return (head, .empty) }
        return (head, bytes)
    }

    private func sayContinue() -> Bool {
        defer { connection.enter(.busy, at: Instant.now.nanoseconds, until: .max) }
        return write(SocketParts(Bytes(utf8: "HTTP/1.1 100 Continue\r\n\r\n")), moving: 0)
    }

    /// Writes what is short; the watchdog ends the wait for a client that takes nothing.
    private func write(_ parts: SocketParts, moving byteCount: Int) -> Bool {
        expectProgress(moving: byteCount)
        var parts = parts
        switch SocketWriter.push(&parts, to: connection.socket) {
        case .done: return true
        case .gone: return false
        case .blocked: break
        }
        let held = parts.heldByteCount
        guard core.heldAnswers.tryAcquire(held) else { return false }
        defer { core.heldAnswers.release(held) }
        return SocketWriter.write(parts, to: connection.socket, by: .never)
    }

    /// Sends any answer on the bare socket.
    ///
    /// - Parameters:
    ///   - response: its fields and its body are not kept besides what is on its way.
    ///   - isLast: whether the connection ends with it.
    func transmit(_ response: consuming Response, isLast: Bool) -> StreamedAnswer.Outcome {
        let framing = framing(of: response)
        let head = AnswerHead.make(response, framing, isLast: isLast, at: .now).detached()
        let source = source(of: response)
        _ = consume response
        guard let source else {
            return write(SocketParts(head), moving: 0) ? .sent : .broken
        }
        connection.sendWithoutDelay()
        var answer = StreamedAnswer(source, framing, for: self)
        let isUntilClose = framing == .untilClose
        connection.endsWithAnswer.store(isUntilClose, ordering: .sequentiallyConsistent)
        let outcome = answer.send(head)
        connection.endsWithAnswer.store(false, ordering: .sequentiallyConsistent)
        if case .broken = outcome, isUntilClose {
            Lingering.letQueuedGo(on: connection.socket)
            Lingering.reset(connection.socket)
        }
        return outcome
    }

    private func framing(of response: Response) -> AnswerHead.Framing {
        if response.status == .notModified || response.status == .noContent { return .none }
        switch response.body {
        case .none: return .length(0)
        case .bytes(let bytes): return .length(UInt64(bytes.count))
        case .source(_, let length?), .omitted(let length?): return .length(length)
        case .source, .omitted: return isHead ? .none : isVersion10 ? .untilClose : .chunked
        }
    }

    /// What makes the body; nil where none is sent.
    private func source(of response: Response) -> (any BodySource)? {
        let hasNone = isHead || framing(of: response) == .none
        switch response.body {
        case .none: return nil
        case .bytes(let bytes): return hasNone || bytes.isEmpty ? nil : BytesSource(bytes)
        case .source(let source, _):
            if hasNone { source.close() }
            return hasNone ? nil : source
        case .omitted:
            precondition(isHead, "only the answer to HEAD may leave its body out")
            return nil
        }
    }
}
