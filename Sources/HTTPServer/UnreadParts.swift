import CMicroHTTPD

/// Keeps libmicrohttpd from acting on parts of a request that are none of its business.
///
/// It would take the query and the cookies apart. Nobody here asks it for them, and it needs more memory
/// for the pieces than a connection has: 12 KiB of cookies, or a query of some hundred arguments, would
/// be refused in a way that breaks the answer. So the query is hidden once our own copy of the target
/// is made, and an empty jar stands in front of the client's, because it reads the first one only.
///
/// It would also say `100 Continue` where there is no body, and then close the connection without an
/// answer when the next request has come already. Who reads a body says that (`Exchange.goOnAlone`),
/// and an expectation of nothing stands in front of the client's.
enum UnreadParts {
    private static let names: [StaticString] = ["Cookie", "Expect"]
    private static let value: StaticString = "-"

    /// Hides them. To be called when the request line has arrived, and nothing behind it was looked at.
    ///
    /// - Parameters:
    ///   - handle: libmicrohttpd's name for the connection.
    ///   - target: in the memory of the connection; cut behind the beginning of its query.
    @unsafe
    static func hide(of handle: OpaquePointer, target: UnsafePointer<CChar>?) {
        // Without memory for this one the request is refused at its next field.
        for name in names {
            _ = unsafe MHD_set_connection_value(handle, .HEADER_KIND, text(name), text(value))
        }
        guard let target = unsafe target, let mark = unsafe strchr(target, Int32(UInt8(ascii: "?")))
        else { return }
        unsafe mark[1] = 0
    }

    /// Whether a field is one of those that stand in front.
    @unsafe
    static func isOurs(_ name: UnsafePointer<CChar>?) -> Bool {
        names.contains { unsafe text($0) == name }
    }

    private static func text(_ text: StaticString) -> UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
