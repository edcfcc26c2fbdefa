package import HTTP

extension Fields {
    /// Whether a body behind this head has a marked end: a length, or a last chunk.
    ///
    /// Without one it ends with the connection, and looks the same when that breaks.
    ///
    /// - Spec: RFC 9112, 6.3 and 8.
    package var markBodyEnd: Bool {
        let codings = joined("Transfer-Encoding")?.split { $0 == "," || $0 == " " || $0 == "\t" }
        if let last = codings?.last, last.equalsIgnoringASCIICase("chunked") { return true }
        return contains("Content-Length")
    }
}
