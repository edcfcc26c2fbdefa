import Buffers
import Execution
import JSON

/// `holdfast ls`.
enum ListAction {
    static let action: ProgramCommand.Action = { typed, session in
        let isSeveral = try session.arguments(typed).count > 1
        let table = SpooledTable(cellWidthMin: typed.flag("stream") ? 10 : 1) {
            try session.output.write($0)
        }
        var listing = Listing(typed, isSeveral: isSeveral, table: table)
        try TextAction.walk(typed, session, Listing.shape) { try listing.take($0) }
    }

    /// `{"Objects":[{"Hash":…,"Links":[…]},…]}`, once or as a stream, while it is made into tables.
    private struct Listing {
        static let shape = JSONShape.members([
            "Objects": .elements(.members(["Links": .elements(.whole)]))
        ])

        private let typed: TypedCommand
        private let isSeveral: Bool
        private var table: SpooledTable
        /// As bytes: two paths that Unicode calls equal are two folders.
        private var last: Bytes?
        private var hasHash = false
        /// Each value has at least one object: none is made where there is nothing to list.
        private var hasObject = false

        init(_ typed: TypedCommand, isSeveral: Bool, table: SpooledTable) {
            self.typed = typed
            self.isSeveral = isSeveral
            self.table = table
        }

        mutating func take(_ event: JSONStream.Event) throws {
            switch event {
            case .value(_, let place) where place.depth == 2: throw NodeError.without("an object")
            case .value(let value, let place) where place.depth == 3:
                if place.name == "Hash" { try begin(value) }
                // Go writes null for an empty list.
                if place.name == "Links", value != .null {
                    throw NodeError.without("a list \"Links\"")
                }
            case .value(let link, let place) where place.depth == 4:
                guard hasHash else {
                    throw NodeError(
                        "the node's answer cannot be read: links come without the hash of their "
                            + "folder before them")
                }
                try table.append(ListAction.row(link, typed))
            case .end(depth: 2):
                guard hasHash else { throw NodeError.without("a text \"Hash\"") }
                (hasHash, hasObject) = (false, true)
            case .end(depth: 0):
                guard hasObject else { throw NodeError.without("a list \"Objects\"") }
                hasObject = false
                try table.finish()
            default: break
            }
        }

        /// The links of an object follow, or more of those of the same object.
        private mutating func begin(_ value: JSONValue) throws {
            guard let hash = value.text else { throw NodeError.without("a text \"Hash\"") }
            hasHash = true
            guard Bytes(utf8: hash) != last else { return }
            if isSeveral {
                if last != nil { try table.append([""]) }
                try table.append([hash + ":"])
            }
            if typed.flag("headers") { try table.append(ListAction.header(typed)) }
            last = Bytes(utf8: hash)
        }
    }

    private static func header(_ typed: TypedCommand) -> [String] {
        let size = typed.flag("size") ? ["Size"] : []
        guard typed.flag("long") else { return ["Hash"] + size + ["Name"] }
        return ["Mode", "Hash"] + size + ["ModTime", "Name"]
    }

    private static func row(
        _ link: JSONValue, _ typed: TypedCommand
    ) throws(NodeError) -> [String] {
        let isFolder = [1, 3, 5].contains(try link.integer("Type") ?? 0)
        let name = PrintableName.escaped(try link.neededText("Name")) + (isFolder ? "/" : "")
        let byteCount = isFolder ? "-" : "\(try link.neededUnsigned("Size"))"
        let size = typed.flag("size") ? [byteCount] : []
        let hash = try link.neededText("Hash")
        guard typed.flag("long") else { return [hash] + size + [name] }
        let mode = try link.unsigned("Mode") ?? 0
        let time = FileListing.time(try link.text("ModTime") ?? "", now: .now)
        return [mode == 0 ? "-" : FileListing.mode(mode), hash] + size + [time, name]
    }
}
