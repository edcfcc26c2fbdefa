/// One way in which blocks are read, in short: a path below the root of `LargeNodes` or, with `*` in front, one
/// of its other names; behind `#` a range; behind `<` what is uploaded.
struct WatchedRequest: Sendable {
    let text: String

    static let all = (pages + commands.map { "/api/v0/" + $0 }).map(WatchedRequest.init)

    /// Whether there is a block that it has to read.
    var readsBlocks: Bool {
        ![
            "pin/rm", "block/stat", "/put", "/add?pin", "import", "resolve", "recursive=false",
        ].contains { text.contains($0) }
    }

    /// Whether it can be asked twice.
    var isRepeatable: Bool { !text.contains("pin/rm") }

    private static let pages = [
        "folder/", "shards/", "index/", "empty", "file", "link", "raw", "large", "*list",
        "?format=tar", "?format=car", "?format=car&car-dups=y",
        "folder?format=car&dag-scope=entity", "shards?format=car&dag-scope=entity",
        "file?format=raw", "file?format=car&dag-scope=entity&entity-bytes=100:800",
        "file?format=car&car-dups=y", "raw?format=car&dag-scope=block", "shards?format=tar",
        "link?format=tar", "*list?format=dag-cbor", "*list?format=raw", "folder/*entry",
        "shards/*entry", "shards/*entry?format=car", "folder/*entry?format=car",
        "file?format=tar", "*words/", "*words?format=car", "*deep?format=car", "raw#100-300000",
        "file#10-200", "large#1000000-1400000", "*wide?format=car", "*wide?format=car&car-dups=y",
        "*wide?format=tar", "*bulk", "*bulk#10-700", "*bulk?format=tar",
        "*bulk?format=car&dag-scope=entity&car-dups=y",
    ]

    private static let commands = [
        "ls?arg=", "ls?stream=true&arg=", "ls?size=false&resolve-type=false&arg=",
        "ls?arg=/shards", "ls?arg=/file", "ls?stream=true&arg=/file", "ls?arg=/raw",
        "ls?arg=*words", "ls?stream=true&arg=*words", "ls?arg=*words&arg=*words",
        "cat?arg=/file", "cat?offset=30&length=70&arg=/file", "cat?arg=/empty", "cat?arg=/large",
        "cat?arg=*bulk", "ls?arg=*wide", "get?archive=true&arg=*wide",
        "cat?arg=/file&arg=/raw&arg=/file&arg=/large",
        "cat?" + Array(repeating: "arg=/file", count: 300).joined(separator: "&"),
        "get?arg=", "get?archive=true&arg=/folder", "get?arg=/link", "get?compress=true&arg=/raw",
        "get?compress=true&arg=/file", "get?compress=true&arg=/large",
        "get?archive=true&compress=true&arg=", "refs?recursive=true&arg=",
        "refs?recursive=true&unique=true&max-depth=2&arg=",
        "refs?recursive=true&unique=true&arg=", "refs?edges=true&arg=&arg=/folder",
        "refs?format=%3Csrc%3E-%3Clinkname%3E&arg=/folder",
        "refs?format=%3Csrc%3E-%3Clinkname%3E&recursive=true&arg=*words",
        "refs?format=%3Clinkname%3E&arg=*deep", "dag/get?arg=*list", "dag/get?arg=",
        "dag/get?arg=*words", "dag/get?arg=*list/0", "dag/get?output-codec=dag-cbor&arg=*list",
        "refs?recursive=true&arg=*wide", "dag/stat?progress=false&arg=*wide",
        "dag/stat?progress=false&arg=", "dag/stat?progress=false&arg=&arg=/folder",
        "dag/export?arg=",
        "dag/resolve?arg=/shards/*entry", "resolve?arg=/folder/*entry", "block/get?arg=/large",
        "block/stat?arg=/raw", "pin/add?arg=", "pin/add?progress=false&recursive=false&arg=/raw",
        "pin/ls", "pin/ls?type=indirect", "pin/ls?stream=true&type=indirect",
        "pin/ls?arg=/folder", "pin/verify?verbose=true", "repo/verify", "pin/rm?arg=",
        "dag/put<json", "dag/put?store-codec=dag-json&pin=true<json", "block/put<bytes",
        "add?pin=true<bytes", "dag/import?pin-roots=true<archive",
    ]
}
