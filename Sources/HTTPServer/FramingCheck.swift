import Buffers
import CMicroHTTPD
import Glibc
import HTTP

/// Refuses header sections that another HTTP program might read differently.
///
/// libmicrohttpd 0.9.75 reads leniently, and a proxy in front of it may not: such a difference lets
/// one client smuggle a request into the connection of another. Names and values are checked, and
/// so is their place in memory: libmicrohttpd leaves the section where it was received and puts NUL
/// bytes over line ends and colons, so every gap has a known length. A NUL byte that was sent, and
/// a folded line, make a longer one.
///
/// - Spec: `Docs/decisions/0003-http-server-is-libmicrohttpd.md`; RFC 9112, 2.2, 5.1, 6.1, 6.3.
@safe
struct FramingCheck {
    /// What the header section says about the body.
    enum BodyLength: Equatable {
        case none
        case known(UInt64)
        case chunked
    }

    /// Why the request is refused, for its sender; the first reason that was found.
    private(set) var problem: String?

    /// The status of the refusal.
    private(set) var status = Status.badRequest

    /// What follows the header section.
    private(set) var bodyLength = BodyLength.none

    /// Whether the client waits for a `100 Continue`.
    private(set) var expectsContinue = false

    /// Whether that is all that the client expects; in HTTP/1.0 it expects nothing.
    private(set) var isExpectationKnown = true

    /// How many fields there are.
    private(set) var fieldCount = 0

    /// Whether the client is ready for another answer on the connection; never in HTTP/1.0.
    private(set) var keepsAlive: Bool

    /// Whether the client speaks HTTP/1.0, which knows no chunks.
    let isVersion10: Bool
    private var cursor: UnsafePointer<CChar>
    private var hostCount = 0
    private var lengthCount = 0
    private var codingCount = 0

    /// Starts behind the request line.
    ///
    /// - Parameter version: `HTTP/1.x`, in the memory of the section.
    init(version: UnsafePointer<CChar>) {
        isVersion10 = unsafe strcmp(version, "HTTP/1.0") == 0
        keepsAlive = !isVersion10
        unsafe cursor = version + strlen(version)
    }

    /// Refuses for a reason that was found elsewhere.
    mutating func refuse(_ reason: String) { problem = problem ?? reason }

    /// Checks the next field.
    mutating func add(
        name: UnsafeBufferPointer<CChar>, value: UnsafeBufferPointer<CChar>
    ) {
        guard problem == nil, let nameStart = name.baseAddress,
            let valueStart = value.baseAddress
        else { return }
        let nameEnd = unsafe nameStart + name.count
        if unsafe !Self.isLineEnd(from: cursor, to: nameStart, count: 2)
            || !Self.isColon(from: nameEnd, to: valueStart)
        {
            problem = "a header line is folded, holds a NUL byte or does not end in CRLF"
            return
        }
        fieldCount += 1
        unsafe cursor = valueStart + value.count
        if unsafe !Self.consists(name, of: ASCII.tokenBytes) {
            problem = "a header field name holds a character that is not allowed"
        } else if unsafe !Self.consists(value, of: ASCII.receivedValueBytes) {
            problem = "the value of a header field holds a control character"
        } else {
            unsafe note(name, value)
        }
    }

    /// Ends the check behind the last field.
    ///
    /// - Parameter end: where the header section ends, behind its empty line.
    mutating func finish(at end: UnsafePointer<CChar>) {
        guard problem == nil else { return }
        if unsafe !Self.isLineEnd(from: cursor, to: end, count: 4) {
            problem = "the header section holds a NUL byte or does not end in CRLF"
        } else if hostCount > 1 || (hostCount == 0 && !isVersion10) {
            problem = "a request needs exactly one Host field, this one has \(hostCount)"
        } else if lengthCount > 1 {
            problem = "the request has more than one Content-Length"
        } else if codingCount > 0, lengthCount > 0 {
            problem = "the request has both Content-Length and Transfer-Encoding"
        } else if codingCount > 1 {
            problem = "the request has more than one Transfer-Encoding"
        } else if isVersion10, bodyLength != .none {
            problem =
                "a request with a body needs HTTP/1.1 (nginx in front: proxy_http_version 1.1)"
        }
    }

    /// Takes notice of the fields that frame the message.
    private mutating func note(
        _ name: UnsafeBufferPointer<CChar>, _ value: UnsafeBufferPointer<CChar>
    ) {
        // The lengths of the names tell them apart before any text is compared.
        switch name.count {
        case 4 where unsafe Self.equals(name, "Host"):
            hostCount += 1
            // libmicrohttpd leaves the blanks behind a value.
            let host = unsafe value.prefix(value.count - Self.blankCount(behind: value))
            if unsafe !Self.consists(UnsafeBufferPointer(rebasing: host), of: ASCII.hostBytes) {
                problem = "the Host field holds a character that no host has"
            }
        case 6 where unsafe Self.equals(name, "Expect"):
            guard !isVersion10 else { return }
            expectsContinue = unsafe Self.equals(value, "100-continue")
            if !expectsContinue { isExpectationKnown = false }
        case 10 where unsafe Self.equals(name, "Connection"):
            let text = unsafe String(decoding: UnsafeRawBufferPointer(value), as: UTF8.self)
            if ListElements(text).contains(where: { $0.equalsIgnoringASCIICase("close") }) {
                keepsAlive = false
            }
        case 14 where unsafe Self.equals(name, "Content-Length"):
            lengthCount += 1
            guard let length = unsafe Self.number(value) else {
                problem = "the Content-Length is no number of bytes"
                return
            }
            bodyLength = length == 0 ? .none : .known(length)
        case 17 where unsafe Self.equals(name, "Transfer-Encoding"):
            codingCount += 1
            bodyLength = .chunked
            if unsafe !Self.equals(value, "chunked") {
                problem = "the only Transfer-Encoding that is read is \"chunked\""
                if unsafe Self.endsChunked(value) { status = .notImplemented }
            }
        default:
            break
        }
    }

    private static func consists(
        _ text: UnsafeBufferPointer<CChar>, of set: ByteSet
    ) -> Bool {
        unsafe set.holds(UnsafeRawBufferPointer(text).bindMemory(to: UInt8.self).span)
    }

    /// Whether the length of a body is known, because other codings stand in front of the last one,
    /// `chunked` (RFC 9112, 6.1).
    private static func endsChunked(_ value: UnsafeBufferPointer<CChar>) -> Bool {
        let text = unsafe String(decoding: UnsafeRawBufferPointer(value), as: UTF8.self)
        let isChunked = ListElements(text).map { $0.equalsIgnoringASCIICase("chunked") }
        return isChunked.last == true && isChunked.count > 1 && !isChunked.dropLast().contains(true)
    }

    private static func blankCount(behind value: UnsafeBufferPointer<CChar>) -> Int {
        unsafe value.reversed().prefix { ASCII.isBlank(UInt8(bitPattern: $0)) }.count
    }

    /// Digits and nothing else, and few enough of them.
    private static func number(_ value: UnsafeBufferPointer<CChar>) -> UInt64? {
        guard !value.isEmpty else { return nil }
        var number: UInt64 = 0
        for index in value.indices {
            let byte = unsafe UInt8(bitPattern: value[index])
            guard let digit = ASCII.hexValue(byte), digit < 10 else { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard !overflows, !carries, sum <= UInt64(Int64.max) else { return nil }
            number = sum
        }
        return number
    }

    /// Whether only NUL bytes, as many as CRLF line ends leave behind, lie between two places.
    private static func isLineEnd(
        from start: UnsafePointer<CChar>, to end: UnsafePointer<CChar>, count: Int
    ) -> Bool {
        guard unsafe end - start == count else { return false }
        return unsafe UnsafeBufferPointer(start: start, count: count).allSatisfy { $0 == 0 }
    }

    /// Whether a colon (now a NUL byte) and blanks lie between two places.
    private static func isColon(
        from start: UnsafePointer<CChar>, to end: UnsafePointer<CChar>
    ) -> Bool {
        let count = unsafe end - start
        guard count >= 1, unsafe start[0] == 0 else { return false }
        return unsafe UnsafeBufferPointer(start: start + 1, count: count - 1).allSatisfy {
            ASCII.isBlank(UInt8(bitPattern: $0))
        }
    }

    private static func equals(_ text: UnsafeBufferPointer<CChar>, _ other: StaticString) -> Bool {
        guard text.count == other.utf8CodeUnitCount, let start = text.baseAddress else {
            return false
        }
        return unsafe strncasecmp(
            start, UnsafeRawPointer(other.utf8Start).assumingMemoryBound(to: CChar.self),
            text.count) == 0
    }
}
