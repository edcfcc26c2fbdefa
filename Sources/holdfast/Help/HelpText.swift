/// Writes the help of commands and groups.
struct HelpText {
    let tree: CommandTree

    /// The help of a command, a group, or the program.
    ///
    /// - Parameter words: nothing for the program.
    /// - Returns: whole lines.
    func text(for words: [String]) -> String {
        if let command = tree.command(words) { return text(for: command) }
        return words.isEmpty ? programText : groupText(words)
    }

    /// One line: `holdfast pin add [options] <ipfs-path>...`.
    static func usage(of command: ProgramCommand) -> String {
        (["holdfast", command.name] + (command.options.isEmpty ? [] : ["[options]"])
            + command.arguments.map(\.usage)).joined(separator: " ")
    }

    private func text(for command: ProgramCommand) -> String {
        var lines = ["holdfast \(command.name): \(command.summary)", ""]
        lines += ["usage: \(Self.usage(of: command))", ""]
        for paragraph in command.discussion.split(separator: "\n") {
            lines += TextWrap.lines(String(paragraph), width: Self.width) + [""]
        }
        lines += section("arguments", command.arguments.map { ($0.usage, $0.summary) })
        lines += section("options", command.options.map(Self.row))
        lines += subcommands(of: command.words)
        lines += ["example:"] + command.examples.map { "  holdfast \($0)" }
        lines += ["", "`holdfast --help` lists the options that every command takes."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func groupText(_ words: [String]) -> String {
        let name = words.joined(separator: " ")
        let lines =
            ["holdfast \(name): \(tree.summary(of: words))", ""]
            + ["usage: holdfast \(name) <command> [options] ...", ""] + subcommands(of: words)
            + ["`holdfast \(name) <command> --help` says more about each of them."]
        return lines.joined(separator: "\n") + "\n"
    }

    private var programText: String {
        var lines = ["holdfast: a self-hosted node that keeps content-addressed data", ""]
        lines += ["usage: holdfast <command> [options] ...", ""]
        for group in CommandGroups.all {
            let rows = group.names.map {
                ($0, tree.summary(of: $0.split(separator: " ").map(String.init)))
            }
            lines += section(group.title, rows)
        }
        lines += section("options that every command takes", GlobalOptions.all.map(Self.row))
        lines += ["example:", "  holdfast init", "  holdfast add -r photos", ""]
        lines += TextWrap.lines(
            """
            The repository is in ~/.holdfast, or where --home or $HOLDFAST_HOME says. With a node \
            running (`holdfast serve`) commands talk to it; without one they open the repository \
            themselves. The exit code is 0 after success and 1 after a failure.
            """, width: Self.width)
        lines += ["", "`holdfast <command> --help` says more about each command."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func subcommands(of words: [String]) -> [String] {
        section("commands", tree.children(of: words).map { ($0, tree.summary(of: words + [$0])) })
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let indent = min(30, (rows.map { $0.0.count }.max() ?? 0) + 4)
        var lines = ["\(title):"]
        for (name, summary) in rows {
            var texts = TextWrap.lines(summary, width: Self.width - indent)
            let label = "  " + name
            if label.count + 2 > indent {
                lines.append(label)
            } else {
                let gap = String(repeating: " ", count: indent - label.count)
                lines.append(label + gap + (texts.isEmpty ? "" : texts.removeFirst()))
            }
            lines += texts.map { String(repeating: " ", count: indent) + $0 }
        }
        return lines + [""]
    }

    /// `-s, --chunker <text>` and what it does, with the default.
    static func row(_ option: Option) -> (String, String) {
        let shorts = option.names.filter { $0.count == 1 }.map(Option.dashed)
        let longs = option.names.filter { $0.count > 1 }.map(Option.dashed)
        var label = (shorts + longs).joined(separator: ", ")
        if !option.isFlag { label += " <\(option.valueName)>" }
        var summary = option.summary
        if let fallback = option.fallback, !(option.isFlag && fallback == "false") {
            summary += " Default: \(fallback)."
        }
        return (label, summary)
    }

    private static let width = 100
}
