import Buffers
import CCurl

/// What libcurl calls, on the thread that performs: each finds its `Transfer` and asks it.
enum CurlCallbacks {
    static let header: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let transfer = unsafe transfer(context) else { return 0 }
        let line = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
        let goesOn = unsafe transfer.receive(line: String(decoding: line, as: UTF8.self))
        return goesOn ? size * count : 0
    }

    static let body: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let transfer = unsafe transfer(context) else { return 0 }
        let piece = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
        return unsafe transfer.receive(body: Bytes(copying: piece.bytes)) ? size * count : 0
    }

    static let upload: holdfast_curl_transfer = { start, size, count, context in
        guard let start = unsafe start, let transfer = unsafe transfer(context) else {
            return Int(CURL_READFUNC_ABORT)
        }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: start, count: size * count)
        switch unsafe transfer.fill(buffer) {
        case .bytes(let count)?: return count
        case .notYet?: return Int(CURL_READFUNC_PAUSE)
        case nil: return Int(CURL_READFUNC_ABORT)
        }
    }

    static let seek: curl_seek_callback = { context, offset, origin in
        guard let transfer = unsafe transfer(context), offset == 0, origin == SEEK_SET else {
            return CURL_SEEKFUNC_FAIL
        }
        return transfer.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    static let progress: curl_xferinfo_callback = { context, _, _, _, _ in
        guard let transfer = unsafe transfer(context) else { return 1 }
        return transfer.mayGoOn() && transfer.resumeIfPaused() ? 0 : 1
    }

    static let openSocket: curl_opensocket_callback = { context, _, _ in
        unsafe transfer(context)?.openSocket() ?? CURL_SOCKET_BAD
    }

    static let aboutToSend: curl_prereq_callback = { context, _, _, _, _ in
        guard let transfer = unsafe transfer(context), transfer.isAboutToSend() else {
            return CURL_PREREQFUNC_ABORT
        }
        return CURL_PREREQFUNC_OK
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}
