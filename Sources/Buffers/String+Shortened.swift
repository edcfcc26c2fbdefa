extension String {
    /// The text with at most so many bytes of UTF-8: its beginning and its end, with a mark between
    /// them for what was left out. For messages in which content is quoted.
    ///
    /// - Parameter byteCountMax: at least 16.
    package func shortened(toByteCount byteCountMax: Int) -> String {
        precondition(byteCountMax >= 16, "a shortened text has a beginning and an end")
        guard utf8.count > byteCountMax else { return self }
        let mark = " … "
        let kept = byteCountMax - mark.utf8.count
        let bytes = Array(utf8)
        var end = kept - kept / 4
        while isInside(bytes[end]) { end -= 1 }
        var start = bytes.count - kept / 4
        while start < bytes.count, isInside(bytes[start]) { start += 1 }
        return String(decoding: bytes[..<end], as: UTF8.self) + mark
            + String(decoding: bytes[start...], as: UTF8.self)
    }

    /// Whether a byte of UTF-8 goes on with a character that began before it.
    private func isInside(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
}
