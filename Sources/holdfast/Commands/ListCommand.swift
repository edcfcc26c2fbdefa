import Buffers
import Execution
import JSON

/// `holdfast ls`.
enum ListCommand {
    static let action: Command.Action = { invocation, session in
        let isSeveral = try session.arguments(invocation).count > 1
        let table = SpooledTable(cellWidthMin: invocation.flag("stream") ? 10 : 1) {
            try session.output.write($0)
        }
        var listing = Listing(invocation, isSeveral: isSeveral, table: table)
        try TextCommand.walk(invocation, session, Listing.shape) { try listing.take($0) }
    }

    /// `{"Objects":[{"Hash":…,"Links":[…]},…]}`, once or as a stream, while it is made into tables.
    private struct Listing {
        static let shape = JSONShape.members([
            "Objects": .elements(.members(["Links": .elements(.whole)]))
        ])

        private let invocation: Invocation
        private let isSeveral: Bool
        private var table: SpooledTable
        /// As bytes: two paths that Unicode calls equal are two folders.
        private var last: Bytes?
        private var hasHash = false

        init(_ invocation: Invocation, isSeveral: Bool, table: SpooledTable) {
            self.invocation = invocation
            self.isSeveral = isSeveral
            self.table = table
        }

        mutating func take(_ event: JSONStream.Event) throws {
            switch event {
            case .value(let value, let place) where place.depth == 3:
                if place.name == "Hash" { try begin(value.text ?? "") }
            case .value(let link, let place) where place.depth == 4:
                guard hasHash else {
                    throw RPCError(
                        "the node's answer cannot be read: links come without the hash of their "
                            + "folder before them")
                }
                try table.append(ListCommand.row(link, invocation))
            case .end(depth: 2): hasHash = false
            case .end(depth: 0): try table.finish()
            default: break
            }
        }

        /// The links of an object follow, or more of those of the same object.
        private mutating func begin(_ hash: String) throws {
            hasHash = true
            guard Bytes(utf8: hash) != last else { return }
            if isSeveral {
                if last != nil { try table.append([""]) }
                try table.append([hash + ":"])
            }
            if invocation.flag("headers") { try table.append(ListCommand.header(invocation)) }
            last = Bytes(utf8: hash)
        }
    }

    private static func header(_ invocation: Invocation) -> [String] {
        let size = invocation.flag("size") ? ["Size"] : []
        guard invocation.flag("long") else { return ["Hash"] + size + ["Name"] }
        return ["Mode", "Hash"] + size + ["ModTime", "Name"]
    }

    private static func row(_ link: JSONValue, _ invocation: Invocation) -> [String] {
        let isFolder = [1, 3, 5].contains(link["Type"]?.integer ?? 0)
        let name = PrintableName.escaped(link["Name"]?.text ?? "") + (isFolder ? "/" : "")
        let size =
            invocation.flag("size") ? [isFolder ? "-" : "\(link["Size"]?.unsigned ?? 0)"] : []
        let hash = link["Hash"]?.text ?? ""
        guard invocation.flag("long") else { return [hash] + size + [name] }
        let mode = link["Mode"]?.unsigned ?? 0
        let time = FileListing.time(link["ModTime"]?.text ?? "", now: .now)
        return [mode == 0 ? "-" : FileListing.mode(mode), hash] + size + [time, name]
    }
}
