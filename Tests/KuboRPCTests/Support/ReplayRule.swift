@testable import KuboRPC

/// How far an answer may differ from Kubo's recorded one. What no rule names is compared byte for
/// byte.
enum ReplayRule {
    /// Not served: 404, as the specification says for good.
    case notServed
    /// Not served yet: 404 until the issue that brings it.
    case comesLater
    /// Refused, with a status and a reason.
    case refused(Int)
    /// The same fields, other values: ids, sizes, versions of this node.
    case sameFields
    /// The same keys in every line, other values; the number of lines may differ.
    case sameKindOfLines
    /// The same lines in any order, without `missingCIDs`.
    case sameSet
    /// Only the last line counts: progress comes at other moments.
    case lastLine
    /// The same lines apart from mode and time, which are those of each entry here.
    case withoutMetadata
    /// Bytes that hold the time of the call.
    case headersOnly
    /// An error with another cause in its text.
    case sameStatus

    /// The rule for a recorded exchange, if it needs one.
    static func rule(for exchange: Exchange) -> ReplayRule? {
        let name = exchange.name
        if ["bootstrap/", "routing/", "ping", "log/", "diag/", "p2p/", "provide/", "filestore/"]
            .contains(where: name.hasPrefix) || name == "dns" || name == "bitswap/ledger"
        {
            return .notServed
        }
        if ["config", "key/", "name/", "files/", "repo/gc", "pin/remote/"]
            .contains(where: name.hasPrefix)
        {
            return .comesLater
        }
        return byName(name, exchange)
    }

    private static func byName(_ name: String, _ exchange: Exchange) -> ReplayRule? {
        switch name {
        case "id", "version", "repo/stat", "stats/repo", "stats/bw": .sameFields
        // Kubo says null where there are no peers; our own address is another one.
        case "swarm/peers", "swarm/addrs/local", "swarm/addrs", "commands": .sameFields
        case "swarm/connect": .sameStatus
        // MFS comes with a later issue.
        case "add" where exchange.target.contains("to-files"): .refused(500)
        // Kubo repeats the mode and time of the top on every line.
        case "add" where exchange.response.body?.text?.contains("dir/") == true:
            .withoutMetadata
        case "get": .headersOnly
        // Kubo does not say which file is no CAR.
        case "dag/import" where exchange.response.status == 500: .sameStatus
        case "pin/ls", "refs/local": .sameSet
        case "dag/stat": .lastLine
        case "repo/verify": .sameKindOfLines
        default: nil
        }
    }

    /// What Kubo's listings have and ours do not.
    static let missingCIDs: Set<String> = [
        // The empty folder of `init`, by its CID and as a raw block.
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
        "bafkreiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
        // Folders that Kubo's adder stores while they are not complete; its next gc removes them.
        "bafkreicowkxnwkdpcscygtkichsnflkdbzlwg7yzoxh5ueobw7ig5l3aky",
        "bafkreid3nx64bh7dyelpmepkpdz2mu66wtrrjfqmuemavtm5qvooq3kfxu",
        "bafkreiangbu6ge5hcpdirir7nuqkiv34xhk4qn6ugnv5s6gdut4ltqdkni",
        "bafkreictggt6jihefsr4nyqu5kqjs6mowy4ugvwl2ilxljuagx6gl7xanm",
        "bafkreia2hae3ejcxdmq7h3qqgvhzklhxmfqi33skcabae7vile5hk4mede",
        // The same block stands in another pinned DAG as version 1, and is listed once here.
        "QmQGdvJc5i8i3wPbkBgwtn91eoNg9cDxMBqaH4RBJVGX8S",
    ]
}
