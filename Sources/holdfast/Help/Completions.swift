/// Writes completion scripts from the table of commands.
enum Completions {
    /// The shells that there is a script for.
    static let shells = ["bash", "zsh", "fish"]

    /// The script for a shell.
    ///
    /// - Parameters:
    ///   - shell: one of `shells`.
    ///   - tree: the commands.
    /// - Returns: nil for an unknown shell.
    static func script(for shell: String, tree: CommandTree) -> String? {
        switch shell {
        case "bash": bash(tree)
        case "zsh": zsh(tree)
        case "fish": fish(tree)
        default: nil
        }
    }

    /// Everything that can be typed behind some words: subcommands, then options.
    private static func words(after path: [String], in tree: CommandTree) -> [String] {
        let options = (tree.command(path)?.options ?? []) + GlobalOptions.all
        return tree.children(of: path) + options.flatMap { $0.names.map(Option.dashed) }
    }

    /// All commands and groups, the program itself as no words.
    private static func paths(in tree: CommandTree) -> [[String]] {
        var paths: Set<[String]> = [[]]
        for command in tree.commands {
            for count in 1...command.words.count { paths.insert(Array(command.words[..<count])) }
        }
        return paths.sorted { $0.joined(separator: " ") < $1.joined(separator: " ") }
    }

    private static func takesFiles(_ path: [String], in tree: CommandTree) -> Bool {
        tree.command(path)?.arguments.contains(where: \.isFile) ?? false
    }

    // MARK: bash

    private static func bash(_ tree: CommandTree) -> String {
        let cases = paths(in: tree).map { path in
            let words = words(after: path, in: tree).joined(separator: " ")
            let files = takesFiles(path, in: tree) ? " files=yes" : ""
            return "        \"\(path.joined(separator: " "))\") words=\"\(words)\";\(files) ;;"
        }
        let known = paths(in: tree).dropFirst().map { "\"\($0.joined(separator: " "))\"" }
        return """
            # holdfast completions for bash: eval "$(holdfast completions bash)"
            _holdfast() {
                local current="${COMP_WORDS[COMP_CWORD]}" path="" word words="" files=""
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "${path:+$path }$word" in
                        \(known.joined(separator: "|"))) path="${path:+$path }$word" ;;
                    esac
                done
                case "$path" in
            \(cases.joined(separator: "\n"))
                esac
                COMPREPLY=($(compgen -W "$words" -- "$current"))
                if [ -n "$files" ]; then
                    COMPREPLY+=($(compgen -f -- "$current"))
                fi
            }
            complete -o filenames -F _holdfast holdfast

            """
    }

    // MARK: zsh

    private static func zsh(_ tree: CommandTree) -> String {
        let cases = paths(in: tree).map { path in
            let rows = tree.children(of: path).map { child in
                (child, tree.summary(of: path + [child]))
            }
            let options = ((tree.command(path)?.options ?? []) + GlobalOptions.all).flatMap {
                option in
                option.names.map { (Option.dashed($0), option.summary) }
            }
            let words = (rows + options).map { "'\(zshEscaped($0.0)):\(zshEscaped($0.1))'" }
            let files = takesFiles(path, in: tree) ? "; files=yes" : ""
            return
                "        '\(path.joined(separator: " "))') entries=(\(words.joined(separator: " ")))\(files) ;;"
        }
        let known = paths(in: tree).dropFirst().map { "'\($0.joined(separator: " "))'" }
        return """
            #compdef holdfast
            # holdfast completions for zsh: holdfast completions zsh > "${fpath[1]}/_holdfast"
            _holdfast() {
                local path_so_far='' word files=''
                local -a entries
                for word in "${(@)words[2,CURRENT-1]}"; do
                    case "${path_so_far:+$path_so_far }$word" in
                        \(known.joined(separator: "|"))) path_so_far="${path_so_far:+$path_so_far }$word" ;;
                    esac
                done
                case "$path_so_far" in
            \(cases.joined(separator: "\n"))
                esac
                _describe -t commands 'holdfast' entries
                [[ -n "$files" ]] && _files
                return 0
            }
            compdef _holdfast holdfast

            """
    }

    private static func zshEscaped(_ text: String) -> String {
        text.replacing("'", with: "'\\''").replacing(":", with: "\\:")
    }

    // MARK: fish

    private static func fish(_ tree: CommandTree) -> String {
        var lines = [
            "# holdfast completions for fish:",
            "#   holdfast completions fish > ~/.config/fish/completions/holdfast.fish",
            "function __holdfast_path",
            "    set -l path",
            "    for word in (commandline -opc)[2..-1]",
            "        switch (string join ' ' -- $path $word)",
            "            case "
                + paths(in: tree).dropFirst().map { "'\($0.joined(separator: " "))'" }
                .joined(separator: " "),
            "                set -a path $word",
            "        end",
            "    end",
            "    string join ' ' -- $path",
            "end",
            "complete -c holdfast -f",
        ]
        for path in paths(in: tree) {
            let test =
                "test (__holdfast_path | string collect --allow-empty) = '\(path.joined(separator: " "))'"
            let start = "complete -c holdfast -n \"\(test)\""
            for child in tree.children(of: path) {
                lines.append(
                    "\(start) -a \(child) -d '\(fishEscaped(tree.summary(of: path + [child])))'")
            }
            if takesFiles(path, in: tree) { lines.append("\(start) -F") }
            for option in tree.command(path)?.options ?? [] { lines.append(start + fish(option)) }
        }
        for option in GlobalOptions.all { lines.append("complete -c holdfast" + fish(option)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func fish(_ option: Option) -> String {
        let names = option.names.map { $0.count == 1 ? " -s \($0)" : " -l \($0)" }.joined()
        return names + (option.isFlag ? "" : " -r") + " -d '\(fishEscaped(option.summary))'"
    }

    private static func fishEscaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }
}
