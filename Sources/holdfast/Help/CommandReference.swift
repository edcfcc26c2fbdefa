/// Writes `Docs/reference/commands.md`. A test compares the page with the program.
struct CommandReference {
    let tree: CommandTree

    /// The whole page.
    var markdown: String {
        let head = """
            # Commands

            This page is generated from the program: `holdfast <command> --help` says the same. Where
            `ipfs` has a command, this one has the same name, takes the same options and prints the
            same. The exit code is 0 after success and 1 after a failure.

            ## Options that every command takes

            \(table(GlobalOptions.all))

            """
        return head + tree.commands.map(section).joined()
    }

    private func section(_ command: ProgramCommand) -> String {
        var lines = ["", "## `holdfast \(command.name)`", "", command.summary, ""]
        if !command.discussion.isEmpty { lines += [command.discussion, ""] }
        lines += ["    \(HelpText.usage(of: command))", ""]
        if !command.arguments.isEmpty {
            lines += command.arguments.map { "* `\($0.usage)`: \($0.summary)" } + [""]
        }
        if !command.options.isEmpty { lines += [table(command.options), ""] }
        lines += ["Example:", ""] + command.examples.map { "    holdfast \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func table(_ options: [Option]) -> String {
        let rows = options.map { option in
            let (label, summary) = HelpText.row(option)
            return "| `\(label)` | \(summary.replacing("|", with: "\\|")) |"
        }
        return (["| option | meaning |", "|---|---|"] + rows).joined(separator: "\n")
    }
}
