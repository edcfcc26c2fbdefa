import Buffers
import CMicroHTTPD
import Execution
import HTTP

/// Turns a `Response` whose body is there, or is left out, into libmicrohttpd's form of one.
@safe
enum LibraryAnswer {
    /// Makes the answer; the caller queues it and then gives its reference back.
    ///
    /// - Returns: nil when memory is short.
    static func make(_ response: Response, for exchange: Exchange) -> OpaquePointer? {
        let answer = unsafe makeBody(response, for: exchange)
        guard let answer = unsafe answer else { return nil }
        unsafe addFields(response, to: answer, for: exchange)
        return unsafe answer
    }

    private static func makeBody(
        _ response: Response, for exchange: Exchange
    ) -> OpaquePointer? {
        switch response.body {
        case .none:
            if exchange.isHead, let length = response.fields["Content-Length"].flatMap(UInt64.init)
            {
                return unsafe makeOmitted(length)
            }
            return unsafe MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
        case .bytes(let bytes):
            return unsafe makeBuffer(bytes, for: exchange)
        case .source(let source, let length):
            precondition(exchange.isHead, "bodies that are made are sent by `StreamedAnswer`")
            source.close()
            return unsafe makeOmitted(length)
        case .omitted(let length):
            precondition(exchange.isHead, "only the answer to HEAD may leave its body out")
            return unsafe makeOmitted(length)
        }
    }

    /// Bytes that are sent from where they are; the box keeps them until they are on their way.
    private static func makeBuffer(_ bytes: Bytes, for exchange: Exchange) -> OpaquePointer? {
        if !exchange.isHead { exchange.countSent(bytes.count) }
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else {
                return unsafe MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
            }
            return unsafe MHD_create_response_from_buffer_with_free_callback_cls(
                buffer.count, UnsafeMutableRawPointer(mutating: start),
                { context in
                    guard let context = unsafe context else { return }
                    unsafe Unmanaged<BytesBox>.fromOpaque(context).release()
                }, Unmanaged.passRetained(BytesBox(bytes)).toOpaque())
        }
    }

    private final class BytesBox {
        private let bytes: Bytes
        init(_ bytes: Bytes) { self.bytes = bytes }
    }

    /// An answer to HEAD, whose body libmicrohttpd never asks for.
    private static func makeOmitted(_ length: UInt64?) -> OpaquePointer? {
        unsafe MHD_create_response_from_callback(
            length ?? UInt64(holdfast_mhd_size_unknown), 1,
            { _, _, _, _ in Int(holdfast_mhd_end_with_error) }, nil, nil)
    }

    private static func addFields(
        _ response: Response, to answer: OpaquePointer, for exchange: Exchange
    ) {
        for field in response.fields.entries where !isFraming(field.name) {
            // A NUL byte would end the value there. An empty one cannot be sent by libmicrohttpd.
            guard AnswerHead.isSendable(field),
                unsafe add(field.name, field.value, to: answer) == .YES
            else {
                exchange.core.report("the field \(field.name) cannot be sent")
                continue
            }
        }
        if response.closesConnection {
            _ = unsafe MHD_add_response_header(answer, "Connection", "close")
        }
    }

    /// `withCString` lends the text where it is; passing the strings themselves would copy both.
    private static func add(
        _ name: String, _ value: String, to answer: OpaquePointer
    ) -> MHD_Result {
        unsafe name.withCString { name in
            unsafe value.withCString { unsafe MHD_add_response_header(answer, name, $0) }
        }
    }

    /// The fields that libmicrohttpd writes itself.
    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 14: name.equalsIgnoringASCIICase("Content-Length")
        case 17: name.equalsIgnoringASCIICase("Transfer-Encoding")
        default: false
        }
    }
}
