import Buffers
import Node

/// Takes a command line apart, with the rules of `ipfs`: options may stand anywhere, `--name=value`
/// and `--name value`, short ones bundled (`-rQ`) or with their value behind (`-s size-1000`,
/// `-ssize-1000`, `-s=size-1000`), booleans as `--pin=false`, and nothing but arguments after `--`.
struct CommandLineParser {
    private let tree: CommandTree
    private var words: [Bytes]
    private var index = 0
    private var path: [String] = []
    private var arguments: [Bytes] = []
    private var options: [(option: Option, text: Bytes)] = []

    private init(tree: CommandTree, words: [Bytes]) {
        self.tree = tree
        self.words = words
    }

    /// What a command line asks for.
    enum Outcome: Sendable {
        case run(TypedCommand)
        /// The help of a command or group; no words means the program's own.
        case help(words: [String])
    }

    /// Takes a command line apart.
    ///
    /// - Parameters:
    ///   - words: what was typed behind the program's name.
    ///   - tree: the commands.
    /// - Returns: what to do.
    static func parse(_ words: [Bytes], in tree: CommandTree) throws(UsageError) -> Outcome {
        var parser = CommandLineParser(tree: tree, words: words)
        return try parser.parse()
    }

    private mutating func parse() throws(UsageError) -> Outcome {
        while index < words.count {
            let word = words[index]
            if word == "--" {
                arguments += words[(index + 1)...]
                break
            }
            if word.starts(with: "--") {
                try parseLong(word.dropFirst(2))
            } else if word.first == UInt8(ascii: "-"), word != "-" {
                try parseShort(word.dropFirst(1))
            } else {
                try parsePlain(word)
            }
            index += 1
        }
        return try outcome()
    }

    private func outcome() throws(UsageError) -> Outcome {
        if options.contains(where: { $0.option.name == GlobalOptions.help.name }) {
            return .help(words: path)
        }
        guard let command = tree.command(path) else {
            guard let stray = arguments.first else { return .help(words: path) }
            throw unknownCommand(stray)
        }
        var typed = TypedCommand(command: command, arguments: arguments)
        for (option, text) in options { try typed.set(option, to: text) }
        try check(typed)
        return .run(typed)
    }

    /// A word without a dash is part of the command's name as long as there is such a command.
    private mutating func parsePlain(_ word: Bytes) throws(UsageError) {
        if arguments.isEmpty, let known = tree.children(of: path).first(where: word.spells) {
            path.append(known)
        } else if tree.command(path) == nil {
            throw unknownCommand(word)
        } else {
            arguments.append(word)
        }
    }

    private mutating func parseLong(_ text: Bytes) throws(UsageError) {
        let (name, value) = Self.split(text)
        guard let option = option(named: name) else {
            throw unknownOption(Bytes("--").appending(name))
        }
        let typed = "--" + name.displayText
        options.append((option, try self.value(of: option, typed: typed, inline: value)))
    }

    private mutating func parseShort(_ text: Bytes) throws(UsageError) {
        let (name, value) = Self.split(text)
        // `-mc=raw`, `-mc raw`: aliases of several letters may stand behind one dash, as in ipfs.
        if let option = option(named: name), value != nil || name.count > 1 {
            let typed = "-" + name.displayText
            options.append((option, try self.value(of: option, typed: typed, inline: value)))
            return
        }
        guard value == nil else { throw unknownOption(Bytes("-").appending(name)) }
        for index in 0..<text.count {
            let letter = text[index..<index + 1]
            guard let option = option(named: letter) else {
                throw unknownOption(Bytes("-").appending(text))
            }
            if option.isFlag {
                options.append((option, "true"))
                continue
            }
            let rest = text.dropFirst(index + 1)
            let typed = "-" + letter.displayText
            let inline = rest.isEmpty ? nil : rest
            options.append((option, try self.value(of: option, typed: typed, inline: inline)))
            return
        }
    }

    private mutating func value(
        of option: Option, typed: String, inline: Bytes?
    ) throws(UsageError) -> Bytes {
        if let inline { return inline }
        if option.isFlag { return "true" }
        guard index + 1 < words.count else {
            throw UsageError("missing argument for option \"\(typed)\"", words: path)
        }
        index += 1
        return words[index]
    }

    private func option(named name: Bytes) -> Option? {
        guard let command = tree.command(path) else {
            return GlobalOptions.all.first { $0.isNamed(name) }
        }
        return command.option(named: name)
    }

    private static func split(_ text: Bytes) -> (name: Bytes, value: Bytes?) {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return (text, nil) }
        return (text.prefix(equals), text.dropFirst(equals + 1))
    }

    // MARK: What was meant

    private func unknownOption(_ typed: Bytes) -> UsageError {
        let known = (tree.command(path)?.options ?? []) + GlobalOptions.all
        let names = known.flatMap(\.names).filter { $0.count > 1 }
        let dashes = typed.starts(with: "--") ? 2 : 1
        let name = typed.dropFirst(dashes)
        let bare = name.displayText
        var message = "unknown option \(typed.displayText)"
        if bare.count > 1, let meant = NearestText.nearest(to: bare, in: names) {
            message += ": did you mean \(Option.dashed(meant))?"
        } else if let command = laterCommand(with: name) {
            message += ": it belongs behind the command: holdfast \(command) \(typed.displayText)"
        }
        return UsageError(message, words: path)
    }

    /// `holdfast -r add x`: the option stands before the command that has it.
    private func laterCommand(with name: Bytes) -> String? {
        guard path.isEmpty,
            let word = words.dropFirst(index + 1).first(where: { $0.first != UInt8(ascii: "-") }),
            let known = tree.children(of: []).first(where: word.spells),
            let command = tree.command([known]), command.option(named: name) != nil
        else { return nil }
        return command.name
    }

    private func unknownCommand(_ word: Bytes) -> UsageError {
        let word = word.displayText
        let typed = (path + [word]).joined(separator: " ")
        var message = "unknown command \"\(typed)\""
        if let meant = NearestText.nearest(to: word, in: tree.children(of: path)) {
            message += ": did you mean \"\((path + [meant]).joined(separator: " "))\"?"
        }
        return UsageError(message, words: path)
    }

    // MARK: Arguments

    private func check(_ typed: TypedCommand) throws(UsageError) {
        let arguments = typed.command.arguments
        let count = typed.arguments.count
        guard arguments.last?.isVariadic == true || count <= arguments.count else {
            throw UsageError(
                "expected \(arguments.count) argument(s), got \(count)", words: path)
        }
        let required = arguments.filter(\.isRequired)
        guard count < required.count, !required[count].acceptsStandardInput else { return }
        throw UsageError("argument \"\(required[count].name)\" is required", words: path)
    }
}
