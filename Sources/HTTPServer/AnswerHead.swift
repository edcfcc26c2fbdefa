import Buffers
import Execution
import HTTP

/// The status line and the header section of an answer that libmicrohttpd does not write.
enum AnswerHead {
    /// How the client knows where the body ends.
    enum Framing: Equatable {
        /// There is no body, and no length to be told: a 304, or the answer to HEAD.
        case none
        /// After so many bytes.
        case length(UInt64)
        /// With the last chunk.
        case chunked
        /// With the connection: HTTP/1.0 knows no chunks.
        case untilClose
    }

    /// Writes the head with the empty line behind it.
    ///
    /// - Parameters:
    ///   - response: what is answered.
    ///   - framing: written as the fields that say so.
    ///   - isLast: whether the connection ends with the answer.
    ///   - time: for the `Date` field.
    static func make(
        _ response: Response, _ framing: Framing, isLast: Bool, at time: WallTime
    ) -> Bytes {
        var writer = ByteWriter(capacity: 768)
        writer.append(utf8: "HTTP/1.1 \(response.status.code) \(response.status.reason)\r\n")
        writer.append(utf8: "Date: \(HTTPDate(seconds: time.seconds))\r\n")
        if isLast { writer.append(utf8: "Connection: close\r\n") }
        switch framing {
        case .none, .untilClose: break
        case .length(let count): writer.append(utf8: "Content-Length: \(count)\r\n")
        case .chunked: writer.append(utf8: "Transfer-Encoding: chunked\r\n")
        }
        for field in response.fields.entries where !isOurs(field.name, framing) && isSendable(field)
        {
            append(field.name, field.value, to: &writer)
        }
        writer.append(utf8: "\r\n")
        return writer.finish()
    }

    /// Whether a field can go out: its name is a token, and its value holds no control character. What
    /// a request or content can reach is coded before; this keeps what was forgotten from ending the
    /// line. Such a field is left out: cut or changed it would say something else.
    static func isSendable(_ field: Fields.Field) -> Bool {
        field.name.isToken && field.value.isFieldValue
    }

    /// Appends one line of a header or trailer section. A name that is no token is left out; control
    /// characters in a value would end the line, and become blanks.
    static func append(_ name: String, _ value: String, to writer: inout ByteWriter) {
        guard name.isToken else { return }
        writer.append(utf8: name)
        writer.append(utf8: ": ")
        if value.isFieldValue {
            writer.append(utf8: value)
        } else {
            writer.append(value.utf8.map { ASCII.isControl($0) ? UInt8(ascii: " ") : $0 })
        }
        writer.append(utf8: "\r\n")
    }

    private static func isOurs(_ name: String, _ framing: Framing) -> Bool {
        // The lengths of the names tell them apart before any text is compared.
        switch name.utf8.count {
        case 4: name.equalsIgnoringASCIICase("Date")
        case 7: framing != .chunked && name.equalsIgnoringASCIICase("Trailer")
        case 10: name.equalsIgnoringASCIICase("Connection")
        case 14: name.equalsIgnoringASCIICase("Content-Length")
        case 17: name.equalsIgnoringASCIICase("Transfer-Encoding")
        default: false
        }
    }
}
