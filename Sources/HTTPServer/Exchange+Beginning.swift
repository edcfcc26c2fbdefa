import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP
import Synchronization

/// What is done when the header section has arrived: it is checked, and the handler decides.
extension Exchange {
    /// Takes the header section: checks it, asks the handler, and perhaps answers.
    func begin(
        method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> MHD_Result {
        guard noteBeginning() else { return .NO }
        let methodText = unsafe String(cString: method)
        isHead = methodText == "HEAD"
        let check = unsafe checkFraming(method, version)
        keepsAlive = check.keepsAlive
        isVersion10 = check.isVersion10
        if let problem = check.problem { return refuse(check.status, problem) }
        guard methodText.isToken else {
            return refuse(.badRequest, "the method is no token")
        }
        guard check.isExpectationKnown else {
            return refuse(.expectationFailed, "the only Expect that is met is \"100-continue\"")
        }
        let targetByteCount = rawTarget.utf8.count
        guard targetByteCount <= core.options.targetByteCountMax else {
            return refuse(.uriTooLong, "the request target is too long")
        }
        let headByteCount = unsafe holdfast_mhd_header_byte_count(handle)
        headMemoryByteCount = headByteCount + check.fieldCount * Limits.fieldRecordByteCount
        guard check.fieldCount <= Limits.headerFieldCountMax else {
            return refuse(
                .headerFieldsTooLarge,
                "there are more than \(Limits.headerFieldCountMax) header fields")
        }
        guard headByteCount - targetByteCount <= core.options.headerByteCountMax else {
            return refuse(
                .headerFieldsTooLarge,
                "the header section has more than \(core.options.headerByteCountMax) bytes")
        }
        guard takeRoomForHead() else {
            return refuse(Overloaded("the memory for long request heads").response)
        }
        let target: RequestTarget
        do {
            target = try RequestTarget(parsing: rawTarget, method: Method(rawValue: methodText))
        } catch {
            return refuse(.badRequest, error.message)
        }
        let request = Request(
            method: Method(rawValue: methodText), requestTarget: target,
            peer: connection.peer.text,
            client: core.sharesPlaces(connection.peer) ? nil : connection.peer.groupKey,
            listenerName: core.options.name,
            deadline: .at(
                Instant(nanoseconds: start).advanced(by: core.options.exchangeTimeout)),
            liveness: liveness, connection: unsafe RequestConnection(handle))
        self.request = request
        if let problem = hostProblem(target, request.fields["Host"]) {
            return refuse(.badRequest, problem)
        }
        connection.work.withLock { $0 = (request.method, request.path) }
        return decide(request, check)
    }

    /// A thousand clients that take nothing of their answers would keep their heads for as long.
    private func takeRoomForHead() -> Bool {
        guard headMemoryByteCount > Limits.headByteCountLeft else { return true }
        let byteCount = headMemoryByteCount * Limits.headCopyCount
        headShare = core.takeRoom(forHeadOf: byteCount, from: connection.peer)
        guard headShare != nil else { return false }
        connection.headByteCount.store(byteCount, ordering: .relaxed)
        return true
    }

    /// What is wrong with a target in absolute form, which names the host once more (RFC 9112, 3.2.2). In
    /// HTTP/1.0 it may be the only one that does.
    private func hostProblem(_ target: RequestTarget, _ host: String?) -> String? {
        guard target.form == .absolute, let authority = target.authority else { return nil }
        guard target.scheme == "http" || target.scheme == "https" else {
            return "the request target is no http URL"
        }
        guard !authority.isEmpty else { return "the request target names no host" }
        guard let host, !host.equalsIgnoringASCIICase(authority) else { return nil }
        return "the request target names another host than Host does"
    }

    /// Notes that the exchange is worked on; `complete` counts it as done.
    ///
    /// - Returns: false when the peer was told to come again: what it asked for is not to happen twice.
    func noteBeginning() -> Bool {
        start = Instant.now.nanoseconds
        lastExit = start
        core.counters.running.add(1, ordering: .relaxed)
        return connection.enter(.busy, at: start, until: .max) && !cameTooLate
    }

    private func checkFraming(
        _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>
    ) -> FramingCheck {
        var check = unsafe FramingCheck(version: version)
        if let targetStart = unsafe targetStart, let targetEnd = unsafe targetEnd,
            unsafe method + strlen(method) + 1 != targetStart || targetEnd + 1 != version
        {
            check.refuse("the request line has a NUL byte or more blanks than two")
        }
        unsafe withUnsafeMutablePointer(to: &check) { pointer in
            _ = unsafe MHD_get_connection_values_n(
                handle, .HEADER_KIND,
                { context, _, name, nameCount, value, valueCount in
                    guard let context = unsafe context else { return .NO }
                    if unsafe UnreadParts.isOurs(name) { return .YES }
                    unsafe context.assumingMemoryBound(to: FramingCheck.self).pointee.add(
                        name: UnsafeBufferPointer(start: name, count: nameCount),
                        value: UnsafeBufferPointer(start: value, count: valueCount))
                    return .YES
                }, UnsafeMutableRawPointer(pointer))
        }
        unsafe check.finish(at: method + holdfast_mhd_header_byte_count(handle))
        return check
    }

    /// Refuses a request that may be read in two ways: nothing behind it is looked at.
    private func refuse(_ status: Status, _ problem: String) -> MHD_Result {
        refuse(.text(status, problem + "\n"))
    }

    private func refuse(_ response: consuming Response) -> MHD_Result {
        response.closesConnection = true
        mustLinger = true
        return queue(consume response)
    }

    private func decide(_ request: Request, _ check: FramingCheck) -> MHD_Result {
        if case .known(let length) = check.bodyLength, length > core.options.bodyByteCountMax {
            let limit = Int(clamping: core.options.bodyByteCountMax)
            return answerAtOnce(ContentTooLarge(limit: limit).response, check)
        }
        if check.bodyLength == .none { liveness.noteWhole() }
        do {
            switch try reception(of: request, check) {
            case .respond(let response):
                return answerAtOnce(response, check)
            case .receive(let receiver):
                stage = .receiving(receiver)
                return receiveBody(check)
            }
        } catch {
            return answerAtOnce(core.answer(for: error, to: request), check)
        }
    }

    /// Asks the handler; where a method has no use for a body, behind that body, in which nobody could see
    /// the client leave.
    private func reception(
        of request: Request, _ check: FramingCheck
    ) throws -> Reception {
        let isUseless = request.method == .get || request.method == .head
        guard check.bodyLength != .none, isUseless else { return try core.handler(request) }
        return .receive(
            IgnoringReceiver(byteCountMax: Limits.drainedByteCountMax) { [core] in
                switch try core.handler(request) {
                case .respond(let response): return response
                case .receive(let receiver): return try receiver.finish()
                }
            })
    }

    private func receiveBody(_ check: FramingCheck) -> MHD_Result {
        switch check.bodyLength {
        case .none:
            return awaitBody(isOwed: false)
        case .known(let length)
        where length <= UInt64(Limits.bodyByteCountLeftMax) && !check.expectsContinue:
            return awaitBody()
        case .known(let length):
            return takeOver(length: length, expectsContinue: check.expectsContinue)
        case .chunked:
            return takeOver(length: nil, expectsContinue: check.expectsContinue)
        }
    }
}
