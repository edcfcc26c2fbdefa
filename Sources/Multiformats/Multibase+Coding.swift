package import Buffers

extension Multibase {
    /// Writes bytes with the prefix in front.
    ///
    /// `identity` puts the bytes into the text as they are; what is not UTF-8 does not survive.
    package func encode(_ bytes: Bytes) -> String {
        encode(bytes, prefixed: true)
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
            throw MultiformatsError(.multibase, "cannot decode multibase for zero length string")
        }
        guard let base = Multibase(prefix: first) else {
            throw MultiformatsError(.multibase, "selected encoding not supported")
        }
        let rest = text.utf8Span.span.extracting(droppingFirst: UTF8.byteCount(of: first))
        return (base, try base.decode(rest))
    }

    /// Reads a text that has no prefix.
    ///
    /// - Throws: `.multibase`.
    package func decodeWithoutPrefix(_ text: String) throws(MultiformatsError) -> Bytes {
        try decode(text.utf8Span.span)
    }

    private func encode(_ bytes: Bytes, prefixed: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2 + 8)
        if prefixed { text.append(contentsOf: String(prefix).utf8) }
        bytes.withByteSpan { span in
            switch coding {
            case .plain: for index in span.indices { text.append(span[index]) }
            case .bits(let alphabet): alphabet.encode(span, to: &text)
            case .number(let alphabet): alphabet.encode(span, to: &text)
            case .emoji: EmojiAlphabet.encode(span, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func decode(_ text: Span<UInt8>) throws(MultiformatsError) -> Bytes {
        var bytes = ByteWriter(capacity: text.count)
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
