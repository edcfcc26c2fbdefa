import CCurl

/// libcurl's own start, once in the process and before its first handle.
enum CurlLibrary {
    private static let outcome = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    static func start() {
        precondition(outcome == CURLE_OK, "libcurl cannot be started")
    }
}
