import HTTP

extension HostileRequest {
    /// A request for the gateway.
    package static func gateway(
        _ subject: RequestSubject, _ choices: inout Choices
    ) -> HostileRequest {
        let methods: [HTTP.Method] = [.get, .get, .get, .get, .get, .get, .head, .head]
        let path =
            choices.oneIn(32)
            ? choices.pick([
                "/", "/ipfs", "/ipfs/", "/ipns/x/y", "/ipfs/ipfs/a", "/ipfs/%", "/x", "//",
            ])
            : subject.urlPath(&choices)
        var query: [String] = []
        if choices.oneIn(2) { query.append("format=" + choices.pick(formats)) }
        // What goes with a CAR says something only about one.
        let isArchive = query == ["format=car"]
        for (name, values) in parameters where choices.oneIn(isArchive ? 2 : 8) {
            query.append(name + "=" + choices.pick(values))
        }
        if choices.oneIn(isArchive ? 3 : 8) {
            let (from, to) = (choices.hostileNumberText(), choices.hostileNumberText())
            query.append("entity-bytes=" + from + ":" + (choices.oneIn(4) ? "*" : to))
        }
        if choices.oneIn(8) { query.append("filename=" + encodedName(&choices)) }
        let text = query.isEmpty ? "" : "?" + query.joined(separator: "&")
        var request = HostileRequest(
            .gateway,
            choices.oneIn(24) ? choices.pick([.options, .post, .put]) : choices.pick(methods),
            path + text)
        for (name, values) in headers where choices.oneIn(8) {
            request.fields.append(name, choices.pick(values))
        }
        if choices.oneIn(isArchive ? 16 : 3) { request.fields.append("Range", range(&choices)) }
        return request
    }

    private static func range(_ choices: inout Choices) -> String {
        let parts = (0...choices.pick([0, 0, 1, 5])).map { _ in
            switch choices.below(4) {
            case 0: "\(choices.below(9))-"
            case 1: "-\(choices.below(9))"
            case 2: "\(choices.hostileNumberText())-\(choices.hostileNumberText())"
            default: "0-\(choices.below(300))"
            }
        }
        return choices.pick(["bytes=", "bytes=", "bytes =", "items="])
            + parts.joined(separator: ",")
    }

    static func encodedName(_ choices: inout Choices) -> String {
        PercentCoding.encode(choices.hostileName(), keeping: .unreserved)
    }

    private static let formats = [
        "car", "car", "car", "tar", "tar", "raw", "json", "cbor", "dag-json", "dag-cbor",
        "dag-json", "dag-cbor", "ipns-record", "CAR",
    ]

    private static let parameters: [(String, [String])] = [
        ("dag-scope", ["entity", "entity", "block", "all", "x"]), ("car-dups", ["y", "n", "x"]),
        ("car-order", ["dfs", "unk", "x"]), ("car-version", ["1", "2"]),
        ("download", ["true", "x"]),
    ]

    private static let headers: [(String, [String])] = [
        ("If-None-Match", ["*", "\"x\"", "W/\"x\"", "\"", "\"\u{301}\"", "W/*, \"a\", ,"]),
        (
            "If-Modified-Since",
            ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "x", "0"]
        ),
        ("If-Range", ["\"x\"", "Thu, 01 Jan 1970 00:00:00 GMT", "W/\"a\""]),
        (
            "Accept",
            [
                "text/html", "application/vnd.ipld.car; version=1; order=dfs; dups=y",
                "application/vnd.ipld.raw", "application/x-tar", "application/json;q=0",
                "application/vnd.ipld.dag-json", "application/vnd.ipld.dag-cbor", "*/*;q=1e9",
                "application/vnd.ipld.car;version=2", ",,;=", "a/b;c=\"\\",
            ]
        ),
        ("Cache-Control", ["only-if-cached", "no-cache", "max-age=99999999999999999999"]),
        ("Service-Worker", ["script"]), ("Origin", ["http://x", "null"]),
        ("X-Forwarded-Proto", ["https"]),
        ("Host", ["localhost", "127.0.0.1:1", "x.ipfs.localhost"]),
    ]
}
