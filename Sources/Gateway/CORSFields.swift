import HTTP

/// The fields that let scripts of any origin read what the gateway answers: all of it is public.
///
/// - Spec: Fetch, "CORS protocol"; the names are Kubo's.
enum CORSFields {
    static func add(to fields: inout Fields) {
        fields.append("Access-Control-Allow-Origin", "*")
        fields.append("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
        fields.append(
            "Access-Control-Allow-Headers", "Content-Type, Range, User-Agent, X-Requested-With")
        fields.append(
            "Access-Control-Expose-Headers",
            "Content-Length, Content-Range, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots, X-Stream-Output"
        )
    }
}
