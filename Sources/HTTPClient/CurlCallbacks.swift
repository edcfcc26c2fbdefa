import Buffers
import CCurl

/// What libcurl calls, on the thread that performs: each finds its `Exchange` and asks it.
enum CurlCallbacks {
    static let header: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let exchange = unsafe exchange(context) else { return 0 }
        let line = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
        let goesOn = unsafe exchange.receive(line: String(decoding: line, as: UTF8.self))
        return goesOn ? size * count : 0
    }

    static let body: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let exchange = unsafe exchange(context) else { return 0 }
        let piece = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
        return unsafe exchange.receive(body: Bytes(copying: piece.bytes)) ? size * count : 0
    }

    static let upload: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let exchange = unsafe exchange(context) else {
            return Int(CURL_READFUNC_ABORT)
        }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: start, count: size * count)
        switch unsafe exchange.fill(buffer) {
        case .bytes(let count)?: return count
        case .notYet?: return Int(CURL_READFUNC_PAUSE)
        case nil: return Int(CURL_READFUNC_ABORT)
        }
    }

    static let seek: curl_seek_callback = { context, offset, origin in
        guard let exchange = unsafe exchange(context), offset == 0, origin == SEEK_SET else {
            return CURL_SEEKFUNC_FAIL
        }
        return exchange.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    static let progress: curl_xferinfo_callback = { context, _, _, _, _ in
        guard let exchange = unsafe exchange(context) else { return 1 }
        return exchange.mayGoOn() && exchange.resumeIfPaused() ? 0 : 1
    }

    static let openSocket: curl_opensocket_callback = { context, _, _ in
        unsafe exchange(context)?.openSocket() ?? CURL_SOCKET_BAD
    }

    static let aboutToSend: curl_prereq_callback = { context, _, _, _, _ in
        guard let exchange = unsafe exchange(context), exchange.isAboutToSend() else {
            return CURL_PREREQFUNC_ABORT
        }
        return CURL_PREREQFUNC_OK
    }

    private static func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }
}
