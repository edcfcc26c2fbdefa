import Buffers

extension Bytes {
    /// Whether the bytes are UTF-8; nothing is copied to find out.
    var isUTF8: Bool {
        withByteSpan { span in (try? UTF8Span(validating: span)) != nil }
    }
}
