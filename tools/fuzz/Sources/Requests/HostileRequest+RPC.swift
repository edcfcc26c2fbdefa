package import Buffers
import HTTP
import KuboRPC

extension HostileRequest {
    /// A request for a command of the RPC, chosen among all of them; those that read content more
    /// often.
    ///
    /// - Parameter archive: a CAR for `dag import`.
    package static func rpc(
        _ subject: RequestSubject, archive: Bytes, _ choices: inout Choices
    ) -> HostileRequest {
        let name =
            choices.oneIn(4)
            ? choices.pick(CommandTable.commands).name : choices.pick(readers)
        guard let spec = CommandTable.command(named: Bytes(utf8: name)) else {
            return importing(archive)
        }
        return command(spec, subject, archive, &choices)
    }

    /// `dag import` of an archive.
    package static func importing(_ archive: Bytes, query: String = "pin-roots=false")
        -> HostileRequest
    {
        var request = HostileRequest(.rpc, .post, "/api/v0/dag/import?" + query)
        request.setForm(HostileForm.file(archive))
        return request
    }

    /// What reads content.
    private static let readers = [
        "cat", "ls", "get", "refs", "dag/get", "dag/export", "dag/stat", "dag/resolve", "resolve",
        "block/get", "block/stat", "pin/add", "pin/ls", "pin/update", "add", "dag/put", "block/put",
    ]

    private static func command(
        _ spec: CommandSpec, _ subject: RequestSubject, _ archive: Bytes, _ choices: inout Choices
    ) -> HostileRequest {
        var query: [String] = []
        for argument in spec.arguments where argument.kind == .string {
            let count = argument.isVariadic ? choices.pick([1, 1, 2, 5]) : 1
            for _ in 0..<count where argument.isRequired || choices.oneIn(2) {
                let text = PercentCoding.encode(subject.argument(&choices), keeping: .unreserved)
                query.append("arg=" + text)
            }
        }
        // `--poll` waits between its lines, which would only take time here.
        let options = (spec.options + CommandTable.globalOptions).filter { $0.name != "poll" }
        for option in options where choices.oneIn(option.name == "encoding" ? 64 : 5) {
            let value = PercentCoding.encode(
                Array(Self.value(of: option, &choices).utf8), keeping: .unreserved)
            query.append(choices.pick(option.names) + "=" + value)
        }
        let text = query.isEmpty ? "" : "?" + query.joined(separator: "&")
        var request = HostileRequest(.rpc, .post, "/api/v0/" + spec.name + text)
        if spec.arguments.contains(where: { $0.kind == .file }) || choices.oneIn(16) {
            request.setForm(HostileForm.parts(of: spec.name, archive: archive, &choices))
        }
        return request
    }

    private mutating func setForm(_ form: Bytes) {
        fields["Content-Type"] = "multipart/form-data; boundary=\(HostileForm.boundary)"
        fields["Content-Length"] = String(form.count)
        body = form
    }

    private static func value(of option: OptionSpec, _ choices: inout Choices) -> String {
        switch option.kind {
        case .flag: choices.pick(["true", "false", "1", "", "x"])
        case .integer, .unsigned, .long:
            choices.oneIn(3) ? choices.hostileNumberText() : String(choices.below(12))
        case .text, .texts:
            if let words = words[option.name], !choices.oneIn(8) {
                choices.pick(words)
            } else {
                String(decoding: choices.hostileName(), as: UTF8.self)
            }
        }
    }

    private static let codecs = [
        "raw", "dag-pb", "dag-cbor", "dag-json", "json", "cbor", "libp2p-key", "0x71", "113",
    ]
    private static let hashes = [
        "sha2-256", "sha2-512", "identity", "blake3", "blake2b-256", "sha1", "keccak-256",
        "murmur3",
    ]
    private static let bases = [
        "base32", "base58btc", "base16", "base64url", "base36", "base2", "base256emoji", "identity",
        "b", "z", "proquint", "\u{0}",
    ]

    private static let words: [String: [String]] = [
        "cid-codec": codecs,
        "format": ["<src> <dst> <linkname>", "v0", "protobuf", "\u{1b}[0m", "<dst"],
        "output-codec": codecs, "store-codec": codecs, "input-codec": codecs, "mhtype": hashes,
        "hash": hashes, "cid-base": bases, "b": bases, "mc": codecs, "v": ["0", "1", "2", ""],
        "f": ["%s", "%b-%v-%c-%n-%h-%H-%M", "%%", "%", "%\u{301}", "prefix %P %S"],
        "type": ["all", "direct", "recursive", "indirect", "x"],
        "timeout": [
            "1s", "0s", "1ns", "-1s", "1m", "9223372036854775807ns", "2562048h", "1e9h", "x",
        ],
        "chunker": [
            "size-1", "size-0", "size-262144", "size-9223372036854775807", "rabin", "buzhash",
            "rabin-16-32-64", "rabin-18446744073709551615", "size-", "rabin-1-2",
        ],
        "profile": ["unixfs-v0-2015", "unixfs-v1-2025", "x"],
        "peerid-base": ["b58mh", "base36", "x"], "encoding": ["json", "xml", "protobuf"],
    ]
}
