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
        let end = utf8.suffix(kept / 4)
        // Where a character was cut, its bytes go too.
        let head = String(decoding: utf8.prefix(kept - end.count), as: UTF8.self)
        let tail = String(decoding: end, as: UTF8.self)
        let replacement = Character("\u{FFFD}")
        return head.trimmedEnd(of: replacement) + mark + tail.drop { $0 == replacement }
    }

    private func trimmedEnd(of character: Character) -> Substring {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return text
    }
}
