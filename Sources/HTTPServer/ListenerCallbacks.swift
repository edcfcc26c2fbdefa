import CMicroHTTPD
import Glibc

/// The functions that libmicrohttpd calls. Each finds its object and hands over.
enum ListenerCallbacks {
    /// A connection was accepted, or is gone.
    static let connection:
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?, MHD_ConnectionNotificationCode
        ) -> Void = { context, handle, slot, event in
            guard let context = unsafe context, let handle = unsafe handle,
                let slot = unsafe slot
            else { return }
            let core = unsafe Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
            if event == .CONNECTION_NOTIFY_STARTED {
                let connection = unsafe Connection(
                    socket: holdfast_mhd_socket(handle),
                    peer: PeerAddress(holdfast_mhd_peer(handle)))
                unsafe slot.pointee = Unmanaged.passRetained(connection).toOpaque()
                core.connectionStarted(connection)
            } else if let pointer = unsafe slot.pointee {
                core.connectionEnded(
                    unsafe Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
                unsafe slot.pointee = nil
            }
        }

    /// A request line has arrived; what is returned becomes the context of the request.
    static let target:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
        ) -> UnsafeMutableRawPointer? = { context, target, handle in
            guard let context = unsafe context, let handle = unsafe handle,
                let pointer = unsafe holdfast_mhd_socket_context(handle)
            else { return nil }
            let core = unsafe Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
            let connection = unsafe Unmanaged<Connection>.fromOpaque(pointer)
                .takeUnretainedValue()
            let exchange = unsafe Exchange(core, connection, handle, target: target)
            RefusedLength.note(exchange)
            return unsafe Unmanaged.passRetained(exchange).toOpaque()
        }

    /// The header section, a piece of the body, or the body's end has arrived.
    static let request:
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> MHD_Result = { _, _, _, method, version, piece, count, slot in
            guard let slot = unsafe slot, let pointer = unsafe slot.pointee,
                let count = unsafe count, let method = unsafe method,
                let version = unsafe version
            else { return .NO }
            let exchange = unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
            guard exchange.hasBegun else {
                return unsafe exchange.begin(method: method, version: version)
            }
            let length = unsafe count.pointee
            guard length > 0 else { return exchange.end() }
            unsafe count.pointee = 0
            return unsafe exchange.receive(UnsafeRawBufferPointer(start: piece, count: length))
        }

    /// libmicrohttpd has something to say.
    static let message: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = {
        context, text in
        guard let context = unsafe context, let text = unsafe text else { return }
        let message = unsafe String(cString: text)
        if RefusedLength.isMeant(by: message) { return RefusedLength.answer(message) }
        unsafe Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
            .reportFromLibrary(message)
    }

    /// The exchange is over.
    static let completed:
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?, MHD_RequestTerminationCode
        ) -> Void = { _, _, slot, code in
            guard let slot = unsafe slot, let pointer = unsafe slot.pointee else { return }
            unsafe slot.pointee = nil
            RefusedLength.note(nil)
            unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
                .complete(isClean: code == .REQUEST_TERMINATED_COMPLETED_OK)
        }

    /// A connection was given to us for the rest of its life (`Exchange.takeOver`).
    static let takenOver:
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutableRawPointer?,
            UnsafePointer<CChar>?, Int, MHD_socket, OpaquePointer?
        ) -> Void = { _, _, context, received, count, _, upgrade in
            // Closing is the last step: the daemon then waits for this thread to end.
            defer { unsafe holdfast_mhd_close_upgraded(upgrade) }
            guard let context = unsafe context else { return }
            unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
                .goOnAlone(with: UnsafeRawBufferPointer(start: received, count: count))
        }

    /// Leaves the target as it is: only our own code decodes.
    static let unescape:
        @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?)
            -> Int = { _, _, text in
                guard let text = unsafe text else { return 0 }
                return unsafe strlen(text)
            }
}
