import Buffers
import Multiformats
import TestSupport

/// Content whose answers take much memory while they are made, for those who ask for it all at once.
struct DearContent {
    /// Below `/ipfs/`.
    let paths: [String]

    init(addedTo node: RunningNode) throws {
        paths = [try Self.wideFolder(node), try Self.hollowIndex(node)]
    }

    /// A folder with many entries, spread over shards, below a long path, all of which stands in each row.
    private static func wideFolder(_ node: RunningNode) throws -> String {
        let added = try node.place.shell(
            """
            part=$(printf "&%.0s" $(seq 250)); name=$(printf "n%.0s" $(seq 200))
            mkdir -p "wide/$part/$part/$part/$part"
            for number in $(seq 1000 3999); do echo > "wide/$part/$part/$part/$part/$number$name"; done
            holdfast add -rQ wide && rm -r wide
            """)
        let segment = String(repeating: "&", count: 250) + "/"
        return try root(added) + "/" + String(repeating: segment, count: 4)
    }

    /// A folder whose index says that it is empty, and has 30,000 parts.
    private static func hollowIndex(_ node: RunningNode) throws -> String {
        let part = try root(node.place.run("block", "put", input: .empty))
        let link = "{\"Hash\":{\"/\":\"\(part)\"},\"Name\":\"\",\"Tsize\":0}"
        let links = Array(repeating: link, count: 30_000).joined(separator: ",")
        // The type of a file, a size of 0, and as many sizes of parts.
        let data = [8, 2, 24, 0] + Array(repeating: [32, 0] as [UInt8], count: 30_000).joined()
        let file = try put(data, links, node)
        let entry = "{\"Hash\":{\"/\":\"\(file)\"},\"Name\":\"index.html\",\"Tsize\":0}"
        return try put([8, 1], entry, node) + "/"
    }

    private static func put(
        _ data: [UInt8], _ links: String, _ node: RunningNode
    ) throws -> String {
        let bytes = Multibase.base64.encodeWithoutPrefix(Bytes(data))
        let text = "{\"Data\":{\"/\":{\"bytes\":\"\(bytes)\"}},\"Links\":[\(links)]}"
        return try root(
            node.place.run(
                "dag", "put", "--input-codec=dag-json", "--store-codec=dag-pb",
                "--allow-big-block", input: Bytes(utf8: text)))
    }

    private static func root(_ added: ChildProcess) throws -> String {
        let root = added.outputText.dropLast()
        guard added.exitCode == 0, !root.isEmpty else {
            throw HonestContent.NotAdded(error: added.errorText)
        }
        return String(root)
    }
}
