import Buffers
import CMicroHTTPD
import Execution
import HTTP
import Synchronization

/// How an answer goes out: by libmicrohttpd where it can, and on the bare socket where it cannot.
extension Exchange {
    /// Answers a request whose body nobody wants. A short one is read and dropped first.
    ///
    /// An answer that is queued in this first call ends the connection; libmicrohttpd calls again
    /// at the end of the body, at once if there is none. One that is made while it is sent does not
    /// wait for a body.
    func answerAtOnce(_ response: Response, _ check: FramingCheck) -> MHD_Result {
        // A source may hold what others need, and the client would decide for how long.
        let mayWait =
            switch check.bodyLength {
            case .none: true
            case .known(let length):
                length <= UInt64(Limits.drainedByteCountMax) && !check.expectsContinue
                    && !response.hasSource
            case .chunked: false
            }
        if mayWait {
            stage = .skipping(response)
            return awaitBody(isOwed: check.bodyLength != .none)
        }
        var response = response
        response.closesConnection = true
        mustLinger = true
        return queue(response)
    }

    /// Sends an answer, or hands it to libmicrohttpd to be sent.
    func queue(_ response: consuming Response) -> MHD_Result {
        stage = .answered
        if core.isDraining.load(ordering: .relaxed) { response.closesConnection = true }
        status = response.status
        if isWithoutLength(response) || isStreamed(response) || hasLargeHead(response) {
            return stream(consume response)
        }
        guard let answer = unsafe LibraryAnswer.make(response, for: self) else { return .NO }
        defer { unsafe MHD_destroy_response(answer) }
        expectProgress(moving: bodyByteCount(response))
        return unsafe MHD_queue_response(handle, UInt32(response.status.code), answer)
    }

    /// Has the client take what is sent to it next, for as long as its lowest rate allows: it may have
    /// sent many requests and read none of their answers, so that there is no room for even a head.
    func expectProgress(moving byteCount: Int) {
        let now = Instant.now.nanoseconds
        connection.enter(.still, at: now, until: limit(forMoving: byteCount, from: now))
    }

    private func bodyByteCount(_ response: Response) -> Int {
        guard !isHead, case .bytes(let bytes) = response.body else { return 0 }
        return bytes.count
    }

    /// Whether libmicrohttpd would frame the answer wrongly: it sends a 304 with `Content-Length: 0`,
    /// or, like an answer to HEAD of unknown length, with a last chunk that the client takes for the
    /// beginning of the next answer.
    private func isWithoutLength(_ response: Response) -> Bool {
        if response.status == .notModified { return true }
        guard isHead else { return false }
        return switch response.body {
        case .source(_, nil), .omitted(nil): true
        default: false
        }
    }

    /// Whether the body is made while it is sent, or is so large that it is not to be held for as long
    /// as a slow client takes.
    private func isStreamed(_ response: Response) -> Bool {
        guard !isHead else { return false }
        return switch response.body {
        case .source: true
        case .bytes(let bytes): bytes.count > Limits.keptPieceByteCount
        case .none, .omitted: false
        }
    }

    /// Whether the head may not fit beside the request's own: libmicrohttpd has one piece of memory for
    /// both, and closes the connection without an answer when it is full.
    private func hasLargeHead(_ response: Response) -> Bool {
        if headMemoryByteCount > core.options.connectionMemoryByteCount / 2 { return true }
        var byteCount = 0
        for field in response.fields.entries {
            byteCount += field.name.utf8.count + field.value.utf8.count + ": \r\n".utf8.count
        }
        return byteCount > Limits.queuedHeadByteCountMax
    }

    private func stream(_ response: consuming Response) -> MHD_Result {
        let isLast = response.closesConnection || !keepsAlive
        switch transmit(consume response, isLast: isLast) {
        case .sent: return endSentAnswer(isLast: isLast)
        case .broken: return .NO
        case .failed(let error):
            let answer = core.answer(for: error, to: request)
            // One that is streamed too could fail again, and so on.
            let isStreamed = isStreamed(answer) || hasLargeHead(answer)
            return isStreamed ? answerEarly(answer) : queue(answer)
        }
    }

    /// Ends an exchange whose answer we have sent: libmicrohttpd closes the connection, or sends an
    /// answer of its own to nowhere, which takes its state to the next request.
    private func endSentAnswer(isLast: Bool) -> MHD_Result {
        endedWell = true
        if isLast {
            mustLinger = true
            return .NO
        }
        diversion = SocketDiversion(of: connection)
        guard diversion != nil,
            let answer = unsafe MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
        else {
            // The answer has gone out: only the connection ends, and not with a reset.
            core.report("no descriptor or memory is left to keep a connection")
            mustLinger = true
            return .NO
        }
        defer { unsafe MHD_destroy_response(answer) }
        return unsafe MHD_queue_response(handle, UInt32(MHD_HTTP_NO_CONTENT), answer)
    }

    /// Answers in the middle of a body, on the bare socket, and ends the connection.
    func answerEarly(_ response: Response) -> MHD_Result {
        if case .receiving(let receiver) = stage { receiver.abandon() }
        stage = .answered
        _ = sendWhole(response)
        return .NO
    }
}
