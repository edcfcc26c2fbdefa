import CMicroHTTPD
import HTTP

/// What a request asks its connection for, while the exchange lasts.
@safe
final class RequestConnection {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    /// Copies the header fields out of the connection's memory.
    func readFields() -> Fields {
        var fields = Fields()
        unsafe withUnsafeMutablePointer(to: &fields) { pointer in
            _ = unsafe MHD_get_connection_values_n(
                handle, .HEADER_KIND,
                { context, _, name, nameCount, value, valueCount in
                    guard let context = unsafe context else { return .NO }
                    if unsafe UnreadParts.isOurs(name) { return .YES }
                    unsafe context.assumingMemoryBound(to: Fields.self).pointee.append(
                        RequestConnection.text(name, nameCount),
                        RequestConnection.text(value, valueCount))
                    return .YES
                }, UnsafeMutableRawPointer(pointer))
        }
        return fields
    }

    /// The text of a value without the blanks behind it; libmicrohttpd drops those in front.
    private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        var bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)[...]
        while let last = unsafe bytes.last, ASCII.isBlank(last) { unsafe bytes.removeLast() }
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
