import Buffers

/// The target of a request line, taken apart and not decoded.
///
/// All parts are the client's bytes: decoding is the business of whoever knows what they mean.
/// - Spec: RFC 9112, 3.2.
package struct RequestTarget: Sendable, Equatable {
    /// The four forms that a target can have.
    package enum Form: Sendable, Equatable {
        /// `/path?query`: the ordinary one.
        case origin
        /// `http://host/path?query`: sent to proxies.
        case absolute
        /// `host:port`: CONNECT only.
        case authority
        /// `*`: OPTIONS only.
        case asterisk
    }

    /// Which form it has.
    package let form: Form

    /// The whole target.
    package let raw: String

    /// The scheme in small letters; absolute form only.
    package private(set) var scheme: String?

    /// Host and port; absolute and authority form only.
    package private(set) var authority: String?

    /// The path with its leading slash; empty in authority form, `*` in asterisk form.
    package private(set) var path: String

    /// Everything behind the first `?`, byte for byte, as a part of `raw`; nil without a `?`.
    package private(set) var query: Substring?

    /// Takes a target apart.
    ///
    /// - Parameters:
    ///   - raw: the target of the request line.
    ///   - method: `CONNECT` decides for the authority form.
    /// - Throws: `.badTarget` for a fragment, a control byte, a blank, or none of the four forms.
    package init(parsing raw: String, method: Method = .get) throws(HTTPError) {
        guard !raw.isEmpty, raw.consists(of: Self.targetBytes) else {
            throw HTTPError(.badTarget, "the request target holds a character that is not allowed")
        }
        self.raw = raw
        path = raw
        if raw.utf8.first == UInt8(ascii: "/") {
            form = .origin
            splitQuery(of: raw[...])
        } else if method == .connect {
            form = .authority
            authority = raw
            path = ""
        } else if raw == "*" {
            form = .asterisk
        } else if let range = Self.schemeEnd(raw) {
            form = .absolute
            scheme = raw[..<range.lowerBound].lowercased()
            splitAuthority(of: raw[range.upperBound...])
        } else {
            throw HTTPError(.badTarget, "the request target has no form that HTTP knows")
        }
    }

    private static let pathBytes = ByteSet("?").inverted()
    private static let targetBytes = ByteSet.controls.inverted().without(" #")

    private static func schemeEnd(_ raw: String) -> Range<String.Index>? {
        guard let colon = raw.utf8.firstIndex(of: UInt8(ascii: ":")), colon > raw.startIndex,
            raw[..<colon].isToken, raw[colon...].hasPrefix("://")
        else { return nil }
        return colon..<raw.index(colon, offsetBy: 3)
    }

    private mutating func splitAuthority(of rest: Substring) {
        let end =
            rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            ?? rest.endIndex
        authority = String(rest[..<end])
        splitQuery(of: rest[end...])
        if path.isEmpty { path = "/" }
    }

    private mutating func splitQuery(of rest: Substring) {
        // Most have none, and to find that out is quicker than to find the place.
        let whole = String(rest)
        guard !whole.consists(of: Self.pathBytes),
            let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        else {
            path = whole
            return
        }
        path = String(rest[..<mark])
        query = rest[rest.utf8.index(after: mark)...]
    }
}
