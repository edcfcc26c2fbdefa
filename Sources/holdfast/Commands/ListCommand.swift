import Execution
import Node

/// `holdfast ls`.
enum ListCommand {
    static let action: Command.Action = { invocation, session in
        var last = ""
        let isSeveral = try session.arguments(invocation).count > 1
        try TextCommand.run(invocation, session) { value in
            var rows: [[String]] = []
            for object in value["Objects"]?.elements ?? [] {
                let hash = object["Hash"]?.text ?? ""
                if hash != last {
                    if isSeveral {
                        if !last.isEmpty { rows.append([""]) }
                        rows.append([hash + ":"])
                    }
                    if invocation.flag("headers") { rows.append(header(invocation)) }
                    last = hash
                }
                for link in object["Links"]?.elements ?? [] { rows.append(row(link, invocation)) }
            }
            let width = invocation.flag("stream") ? 10 : 1
            try session.output.write(AlignedTable.text(rows, cellWidthMin: width))
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
