/// A command that a page shows, and what the page says that it prints.
///
/// Pages show commands in indented blocks: `$ ` and the command, and below it the lines that it prints,
/// up to the next command or the end of the block. In these `…` stands for what differs from one run
/// to the next, once a line at most. A block without `$ ` is no command.
struct ShownCommand {
    let text: String
    private(set) var lines: [String] = []

    /// The commands of a page in Markdown, in their order.
    static func all(on page: String) -> [ShownCommand] {
        var commands: [ShownCommand] = []
        var isBelowCommand = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = String(line.dropFirst(4))
            if line.hasPrefix("    $ ") {
                commands.append(ShownCommand(text: String(content.dropFirst(2))))
                isBelowCommand = true
            } else if line.hasPrefix("    "), isBelowCommand {
                commands[commands.count - 1].lines.append(content)
            } else {
                isBelowCommand = false
            }
        }
        return commands
    }

    /// Whether the page shows what was printed.
    func shows(_ printed: String) -> Bool {
        var rest = printed.split(separator: "\n", omittingEmptySubsequences: false)
        if rest.last == "" { rest.removeLast() }
        return rest.count == lines.count && zip(lines, rest).allSatisfy(Self.shows)
    }

    private static func shows(_ line: String, _ printed: Substring) -> Bool {
        let parts = line.split(separator: "…", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return printed == line }
        return printed.hasPrefix(parts[0]) && printed.hasSuffix(parts[1])
            && printed.count > parts[0].count + parts[1].count
    }
}
