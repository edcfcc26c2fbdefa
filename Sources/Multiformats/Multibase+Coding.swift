package import Buffers

extension Multibase {
    /// Writes bytes with the prefix in front.
    ///
    /// `identity` puts the bytes into the text as they are; what is not UTF-8 does not survive.
    package func encode(_ bytes: Bytes) -> String {
        encode(bytes, prefixed: true)
    }

    /// Writes bytes from outside with the prefix in front.
    ///
    /// - Throws: `.multibase` for more bytes than a base takes in a time that can be waited for.
    package func encodeOutside(_ bytes: Bytes) throws(MultiformatsError) -> Bytes {
        guard !isQuadratic || bytes.count <= Limits.quadraticBytesMax else {
            throw MultiformatsError(
                .multibase,
                "\(name) is slow to write, so it takes at most \(Limits.quadraticBytesMax) bytes, "
                    + "not \(bytes.count): use base32 or base64url")
        }
        return Bytes(encodeUTF8(bytes, prefixed: true))
    }

    /// Writes bytes without a prefix, as CIDs of version 0 and peer ids are.
    package func encodeWithoutPrefix(_ bytes: Bytes) -> String {
        encode(bytes, prefixed: false)
    }

    /// Reads a text by its prefix.
    ///
    /// - Throws: `.multibase`; for an unknown prefix in the words of go-multibase.
    package static func decode(
        _ text: String
    ) throws(MultiformatsError) -> (base: Multibase, bytes: Bytes) {
        guard let first = text.unicodeScalars.first else {
            throw .emptyText
        }
        guard let base = Multibase(prefix: first) else {
            throw .unknownBase
        }
        let rest = text.utf8Span.span.extracting(droppingFirst: UTF8.byteCount(of: first))
        return (base, try base.decode(rest))
    }

    /// Reads a text by its prefix.
    ///
    /// - Parameter text: UTF-8.
    /// - Throws: `.multibase`; for an unknown prefix in the words of go-multibase.
    package static func decode(
        utf8 text: Bytes
    ) throws(MultiformatsError) -> (base: Multibase, bytes: Bytes) {
        guard !text.isEmpty else { throw .emptyText }
        // All prefixes but one are ASCII.
        let rocket = Bytes(utf8: String(Multibase.base256emoji.prefix))
        let (prefix, count) =
            text.prefix(rocket.count) == rocket
            ? (Multibase.base256emoji.prefix, rocket.count) : (Unicode.Scalar(text[0]), 1)
        guard text[0] < 0x80 || count > 1, let base = Multibase(prefix: prefix) else {
            throw .unknownBase
        }
        return (
            base,
            try text.withByteSpan { (span) throws(MultiformatsError) in
                try base.decode(span.extracting(droppingFirst: count))
            }
        )
    }

    /// Reads a text that has no prefix.
    ///
    /// - Throws: `.multibase`.
    package func decodeWithoutPrefix(_ text: String) throws(MultiformatsError) -> Bytes {
        try decode(text.utf8Span.span)
    }

    /// Reads a text that has no prefix, without a copy of it.
    ///
    /// - Parameter text: UTF-8.
    /// - Throws: `.multibase`.
    package func decodeWithoutPrefix(utf8 text: Bytes) throws(MultiformatsError) -> Bytes {
        try text.withByteSpan { (span) throws(MultiformatsError) in try decode(span) }
    }

    private func encode(_ bytes: Bytes, prefixed: Bool) -> String {
        String(decoding: encodeUTF8(bytes, prefixed: prefixed), as: UTF8.self)
    }

    private func encodeUTF8(_ bytes: Bytes, prefixed: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(capacity(for: bytes.count) + 4)
        if prefixed { text.append(contentsOf: String(prefix).utf8) }
        bytes.withByteSpan { span in
            switch coding {
            case .plain: for index in span.indices { text.append(span[index]) }
            case .bits(let alphabet): alphabet.encode(span, to: &text)
            case .number(let alphabet): alphabet.encode(span, to: &text)
            case .emoji: EmojiAlphabet.encode(span, to: &text)
            }
        }
        return text
    }

    /// How many characters so many bytes take, or a little more.
    private func capacity(for byteCount: Int) -> Int {
        switch coding {
        case .plain: byteCount
        case .bits(let alphabet): alphabet.textCount(of: byteCount)
        case .number: byteCount * 5 / 2
        case .emoji: byteCount * 4
        }
    }

    /// How many bytes a text of so many has at most.
    private func byteCountMax(of textCount: Int) -> Int {
        if case .bits(let alphabet) = coding {
            alphabet.byteCount(of: textCount)
        } else {
            textCount
        }
    }

    private func decode(_ text: Span<UInt8>) throws(MultiformatsError) -> Bytes {
        var bytes = ByteWriter(capacity: byteCountMax(of: text.count))
        switch coding {
        case .plain: for index in text.indices { bytes.append(text[index]) }
        case .bits(let alphabet): try alphabet.decode(text, to: &bytes)
        case .number(let alphabet): try alphabet.decode(text, to: &bytes)
        case .emoji: try EmojiAlphabet.decode(text, to: &bytes)
        }
        return bytes.finish()
    }
}

extension UTF8 {
    /// How many bytes a scalar takes.
    fileprivate static func byteCount(of scalar: Unicode.Scalar) -> Int {
        encode(scalar)?.count ?? 0
    }
}

extension MultiformatsError {
    fileprivate static let emptyText = MultiformatsError(
        .multibase, "cannot decode multibase for zero length string")
    fileprivate static let unknownBase = MultiformatsError(
        .multibase, "selected encoding not supported")
}
