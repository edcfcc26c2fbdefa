import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport

/// What honest clients have put into a node, and the right answers about it.
struct HonestContent: Sendable {
    /// A file by the path that leads to it, without `/ipfs/`.
    struct HonestFile: Sendable {
        let path: String
        let bytes: Bytes
    }

    /// A request whose answer stays the same.
    struct Question: Sendable {
        let request: HonestRequest
        let answer: Bytes
    }

    /// Files of several sizes, some of them in a folder, some in a sharded one.
    private(set) var files: [HonestFile] = []
    /// Files of nearly 2 MiB, each of which is one block.
    private(set) var largeBlocks: [HonestFile] = []
    /// CARs and listings.
    private(set) var questions: [Question] = []
    /// Roots that are pinned.
    private(set) var roots: [String] = []

    /// Adds everything to a node that nobody troubles yet.
    init(to node: RunningNode, _ random: inout SeededRandom) throws {
        let sizes = [0, 1, 5_000, 300_000, 3_000_000, 9_000_000]
        for (index, size) in sizes.enumerated() {
            let options = index % 2 == 0 ? ["--cid-version=1"] : []
            try add([("f\(index)", random.bytes(size))], to: node, options, isFolder: false)
        }
        let some = [("a", random.bytes(40)), ("b", random.bytes(70_000)), ("é", random.bytes(9))]
        try add(some, to: node, [], isFolder: true)
        let many = (0..<400).map { ("entry \($0)", Bytes(utf8: "content \($0)\n")) }
        try add(many, to: node, ["--max-directory-links=30"], isFolder: true)
        for root in roots {
            try ask(HonestRequest(.gateway, .get, "/ipfs/\(root)?format=car"), node)
            try ask(HonestRequest(.rpc, .post, "/api/v0/dag/export?arg=\(root)"), node)
            try ask(HonestRequest(.rpc, .post, "/api/v0/ls?arg=\(root)"), node)
        }
        try addLargeBlocks(to: node, &random)
    }

    private mutating func addLargeBlocks(
        to node: RunningNode, _ random: inout SeededRandom
    ) throws {
        let (rootsBefore, fileCountBefore) = (roots, files.count)
        for index in 0..<Self.largeBlockCount {
            try add(
                [("l\(index)", random.bytes(Self.largeBlockByteCount))], to: node,
                ["--cid-version=1", "--chunker=size-\(Self.largeBlockByteCount)"],
                isFolder: false)
        }
        largeBlocks = Array(files[fileCountBefore...])
        // Nobody asks for their CARs: they are what the files are.
        roots = rootsBefore
    }

    /// More than the block cache holds.
    private static let largeBlockCount = 24
    /// As large as `add` makes them.
    private static let largeBlockByteCount = 2_096_896

    private mutating func add(
        _ entries: [(name: String, bytes: Bytes)], to node: RunningNode, _ options: [String],
        isFolder: Bool
    ) throws {
        let folder = node.place.path("honest-\(roots.count)")
        try File.makeFolder(folder, permissions: 0o755)
        for entry in entries { try File.replace(folder + "/" + entry.name, with: entry.bytes) }
        let what = isFolder ? folder : folder + "/" + entries[0].name
        let added = try node.place.run(["add", "-r", "-Q"] + options + [what])
        let root = String(added.outputText.dropLast())
        guard added.exitCode == 0, !root.isEmpty else { throw NotAdded(error: added.errorText) }
        roots.append(root)
        for entry in entries {
            let name = PercentCoding.encode(Array(entry.name.utf8), keeping: .segment)
            files.append(
                HonestFile(path: isFolder ? root + "/" + name : root, bytes: entry.bytes))
        }
    }

    private mutating func ask(_ request: HonestRequest, _ node: RunningNode) throws {
        let answer = try HonestClient(node).answer(to: request)
        guard answer.status == .ok, !answer.body.isEmpty else {
            throw NotAdded(error: request.target)
        }
        questions.append(Question(request: request, answer: answer.body))
    }

    struct NotAdded: Error {
        let error: String
    }
}
