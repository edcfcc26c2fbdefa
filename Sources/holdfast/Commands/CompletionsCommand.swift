import Buffers

/// `holdfast completions`.
enum CompletionsCommand {
    static let command = ProgramCommand(
        "completions", "Print a completion script for a shell.",
        discussion: """
            Put `eval "$(holdfast completions bash)"` into ~/.bashrc, or write the script for zsh to a \
            file _holdfast in a folder of $fpath, or the one for fish to \
            ~/.config/fish/completions/holdfast.fish.
            """,
        arguments: [Argument("shell", "bash, zsh or fish.")],
        examples: ["completions bash"]
    ) { typed, session in
        let shell = typed.arguments.first?.displayText ?? ""
        guard let script = Completions.script(for: shell, tree: session.tree) else {
            throw UsageError(
                "no completions for \"\(shell)\": bash, zsh or fish", words: ["completions"])
        }
        try session.output.write(script)
    }
}
