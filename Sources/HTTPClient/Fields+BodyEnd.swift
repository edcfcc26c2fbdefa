package import HTTP

extension Fields {
    /// Whether a body behind this head has a marked end: a length, or a last chunk.
    ///
    /// Without one it ends with the connection, and looks the same when that breaks.
    ///
    /// - Spec: RFC 9112, 6.3 and 8.
    package var markBodyEnd: Bool { endsWithLastChunk || contains("Content-Length") }

    /// Whether what is said of the length of the body is one number that can be counted to, or nothing. libcurl
    /// takes what it can of anything else: the first digits, the last of several fields, or no length at all.
    ///
    /// - Spec: RFC 9112, 6.3: to a client anything else is an error that cannot be recovered from.
    var sayOneLength: Bool {
        let lengths = all("Content-Length")
        guard !endsWithLastChunk, let length = lengths.first else { return true }
        return lengths.count == 1 && length.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && Int64(length) != nil
    }

    private var endsWithLastChunk: Bool {
        let codings = joined("Transfer-Encoding")?.split { $0 == "," || $0 == " " || $0 == "\t" }
        return codings?.last?.equalsIgnoringASCIICase("chunked") == true
    }
}
