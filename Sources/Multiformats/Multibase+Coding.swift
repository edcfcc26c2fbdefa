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
        return (base, try base.decodeWithoutPrefix(text.unicodeScalars.dropFirst()))
    }

    /// Reads a text that has no prefix.
    ///
    /// - Throws: `.multibase`.
    package func decodeWithoutPrefix(_ text: String) throws(MultiformatsError) -> Bytes {
        try decodeWithoutPrefix(text.unicodeScalars[...])
    }

    private func encode(_ bytes: Bytes, prefixed: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2 + 8)
        if prefixed { text.append(contentsOf: String(prefix).utf8) }
        bytes.withSpan { span in
            let span = Span<UInt8>(_bytes: span)
            switch coding {
            case .plain: for index in span.indices { text.append(span[index]) }
            case .bits(let alphabet): alphabet.encode(span, to: &text)
            case .number(let alphabet): alphabet.encode(span, to: &text)
            case .emoji: EmojiAlphabet.encode(span, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func decodeWithoutPrefix(
        _ scalars: Substring.UnicodeScalarView
    ) throws(MultiformatsError) -> Bytes {
        let text = Array(String(scalars).utf8)
        var bytes = ByteWriter(capacity: text.count)
        switch coding {
        case .plain: bytes.append(text)
        case .bits(let alphabet): try alphabet.decode(text.span, to: &bytes)
        case .number(let alphabet): try alphabet.decode(text.span, to: &bytes)
        case .emoji: try EmojiAlphabet.decode(scalars, to: &bytes)
        }
        return bytes.finish()
    }
}
