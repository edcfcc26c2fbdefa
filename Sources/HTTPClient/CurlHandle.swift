import Buffers
import CCurl
import Execution
import Glibc
import HTTP

/// One easy handle of libcurl, with the connection that it keeps for the next transfer.
///
/// `@unchecked Sendable` because it is used by the one thread that took it out of the client's list.
@safe
final class CurlHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init() {
        guard let handle = unsafe curl_easy_init() else {
            preconditionFailure("no memory is left for an HTTP client")
        }
        unsafe self.handle = unsafe handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe errorText.deallocate()
    }

    /// Runs one transfer to its end.
    ///
    /// - Parameters:
    ///   - transfer: gets and gives the bytes, on this thread.
    ///   - lines: of the request's head.
    /// - Returns: the trailers, or what went wrong.
    func perform(
        _ transfer: Transfer, lines: RequestLines
    ) -> Result<Fields, HTTPClientError> {
        guard transfer.mayGoOn() else { return transfer.finish(nil) }
        guard !transfer.request.deadline.hasPassed else {
            return .failure(
                HTTPClientError(.timedOut, "no time is left for \(transfer.endpoint)"))
        }
        unsafe curl_easy_reset(handle)
        setWays(transfer)
        setTimes(transfer.request)
        setRequest(transfer.request, target: lines.target)
        let list = unsafe makeList(lines.lines)
        defer { unsafe curl_slist_free_all(list) }
        unsafe check(holdfast_curl_set_list(handle, CURLOPT_HTTPHEADER, list))
        transfer.resume = resume
        return withExtendedLifetime(transfer) {
            unsafe errorText.pointee = 0
            let code = unsafe curl_easy_perform(handle)
            return transfer.finish(code == CURLE_OK ? nil : problem(code))
        }
    }

    private func resume() -> Bool { unsafe curl_easy_pause(handle, CURLPAUSE_CONT) == CURLE_OK }

    private func problem(_ code: CURLcode) -> CurlProblem {
        var systemError = 0
        _ = unsafe holdfast_curl_get_long(handle, CURLINFO_OS_ERRNO, &systemError)
        let detail = unsafe String(cString: errorText)
        let text = unsafe detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        return CurlProblem(code: code, systemError: systemError, text: text)
    }

    // MARK: options

    /// Where to connect, and who is called with the bytes.
    private func setWays(_ transfer: Transfer) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_MAXCONNECTS, 1)
        set(CURLOPT_BUFFERSIZE, Limits.receiveBufferByteCount)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Limits.sendBufferByteCount)
        // The environment's proxy is meant for the web, not for a node.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_URL, transfer.endpoint.url)
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
        unsafe setCallbacks(context)
        switch transfer.endpoint {
        case .tcp: break
        case .unix(let path): set(CURLOPT_UNIX_SOCKET_PATH, path)
        case .inProcess: unsafe setSocketCallbacks(context)
        }
    }

    private func setCallbacks(_ context: UnsafeMutableRawPointer) {
        unsafe check(
            holdfast_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION, CurlCallbacks.header))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        unsafe check(
            holdfast_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION, CurlCallbacks.body))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        unsafe check(
            holdfast_curl_set_transfer(handle, CURLOPT_READFUNCTION, CurlCallbacks.upload))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_READDATA, context))
        unsafe check(holdfast_curl_set_seek(handle, CurlCallbacks.seek))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_SEEKDATA, context))
        set(CURLOPT_NOPROGRESS, 0)
        unsafe check(holdfast_curl_set_progress(handle, CurlCallbacks.progress))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context))
    }

    private func setSocketCallbacks(_ context: UnsafeMutableRawPointer) {
        unsafe check(holdfast_curl_set_open_socket(handle, CurlCallbacks.openSocket))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context))
        unsafe check(holdfast_curl_set_before_request(handle, CurlCallbacks.aboutToSend))
        unsafe check(holdfast_curl_set_pointer(handle, CURLOPT_PREREQDATA, context))
    }

    private func setTimes(_ request: ClientRequest) {
        set(CURLOPT_CONNECTTIMEOUT_MS, Limits.connectMillisecondsMax)
        if let remaining = request.deadline.remaining {
            let milliseconds = max(1, remaining.wholeNanoseconds / 1_000_000)
            // A longer time would be cut to one that libcurl can count.
            if milliseconds <= Limits.timeoutMillisecondsMax {
                set(CURLOPT_TIMEOUT_MS, Int(milliseconds))
            }
        }
        guard let rate = request.minimumRate else { return }
        set(CURLOPT_LOW_SPEED_LIMIT, rate.bytesPerSecond)
        set(CURLOPT_LOW_SPEED_TIME, rate.seconds)
    }

    private func setRequest(_ request: ClientRequest, target: String) {
        set(CURLOPT_REQUEST_TARGET, target)
        set(CURLOPT_PATH_AS_IS, 1)
        // libcurl starts again on a kept connection that was just closed, but not with a body.
        switch request.body {
        case .none: break
        case .bytes, .producer: set(CURLOPT_FRESH_CONNECT, 1)
        }
        if let length = bodyByteCount(request) {
            set(CURLOPT_UPLOAD, 1)
            unsafe check(
                holdfast_curl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(length)))
        } else if request.method == .head {
            set(CURLOPT_NOBODY, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    /// How long the body is, -1 if nobody knows; nil for requests that say nothing about a body.
    private func bodyByteCount(_ request: ClientRequest) -> Int? {
        switch request.body {
        case .none: request.method == .get || request.method == .head ? nil : 0
        case .bytes(let bytes): bytes.count
        case .producer(_, let length, _): length.map { Int(clamping: $0) } ?? -1
        }
    }

    private func makeList(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else {
                preconditionFailure("no memory is left for a request's head")
            }
            unsafe list = unsafe longer
        }
        return unsafe list
    }

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe check(holdfast_curl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) {
        unsafe check(holdfast_curl_set_string(handle, option, value))
    }

    /// `RequestLines` has refused every text that libcurl would refuse; all numbers are our own.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refuses an option: a bug, or no memory is left")
    }
}
