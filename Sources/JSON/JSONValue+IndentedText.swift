package import Buffers

/// A value is spread over lines piece by piece: its text may have six times its bytes, and for each of
/// its lines as many tabs as there are levels.
extension JSONValue {
    /// Writes the value indented with tabs as Go's `json.MarshalIndent` does.
    ///
    /// - Parameter onPiece: gets the text in order, without a newline at its end, in pieces that do not
    ///   end within a character.
    /// - Complexity: one piece is in memory beside the value.
    package func writeIndented(_ onPiece: (Bytes) throws -> Void) rethrows {
        var writer = ByteWriter()
        try writeIndented(depth: 0, to: &writer, onPiece)
        if writer.count > 0 { try onPiece(writer.finish()) }
    }

    private func writeIndented(
        depth: Int, to writer: inout ByteWriter, _ onPiece: (Bytes) throws -> Void
    ) rethrows {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            var mark = UInt8(ascii: "[")
            for element in elements {
                Self.startLine(behind: mark, depth + 1, to: &writer)
                try element.writeIndented(depth: depth + 1, to: &writer, onPiece)
                mark = UInt8(ascii: ",")
            }
            Self.startLine(behind: nil, depth, to: &writer)
            writer.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            var mark = UInt8(ascii: "{")
            for member in members {
                Self.startLine(behind: mark, depth + 1, to: &writer)
                try Self.write(quoted: member.name, to: &writer, onPiece)
                writer.append(utf8: ": ")
                try member.value.writeIndented(depth: depth + 1, to: &writer, onPiece)
                mark = UInt8(ascii: ",")
            }
            Self.startLine(behind: nil, depth, to: &writer)
            writer.append(UInt8(ascii: "}"))
        case .string(let text): try Self.write(quoted: text, to: &writer, onPiece)
        // Nothing in digits is escaped, and there may be millions of them.
        case .number(let digits): try Self.write(contentOf: digits, to: &writer, onPiece)
        case .null, .bool, .array, .object: writer.append(utf8: jsonText)
        }
        try Self.handOver(from: &writer, onPiece)
    }

    private static func startLine(
        behind mark: UInt8?, _ depth: Int, to writer: inout ByteWriter
    ) {
        if let mark { writer.append(mark) }
        writer.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { writer.append(UInt8(ascii: "\t")) }
    }

    private static func write(
        quoted text: String, to writer: inout ByteWriter, _ onPiece: (Bytes) throws -> Void
    ) rethrows {
        writer.append(UInt8(ascii: "\""))
        try write(contentOf: text, to: &writer, onPiece)
        writer.append(UInt8(ascii: "\""))
    }

    /// Writes a text with its escapes.
    private static func write(
        contentOf text: String, to writer: inout ByteWriter, _ onPiece: (Bytes) throws -> Void
    ) rethrows {
        let bytes = text.utf8Span.span
        var start = 0
        while start < bytes.count {
            var end = min(start + Limits.indentedPieceByteCount, bytes.count)
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            JSONText.write(run: bytes.extracting(start..<end), .plain, to: &writer)
            start = end
            try handOver(from: &writer, onPiece)
        }
    }

    private static func handOver(
        from writer: inout ByteWriter, _ onPiece: (Bytes) throws -> Void
    ) rethrows {
        guard writer.count >= Limits.indentedPieceByteCount else { return }
        try onPiece(writer.takeBytes())
    }
}
