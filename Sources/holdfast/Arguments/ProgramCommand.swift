import Buffers
import KuboRPC

/// One command of the program: what it takes, what it says about itself, and what it does.
struct ProgramCommand: Sendable {
    /// Does the work. Returns normally for exit code 0.
    typealias Action = @Sendable (TypedCommand, Session) throws -> Void

    /// What is typed behind the program's name: `["pin", "add"]`.
    let words: [String]
    let summary: String
    /// Paragraphs for `--help`; empty where the summary says it all.
    let discussion: String
    let arguments: [Argument]
    let options: [Option]
    /// Command lines that work, without the program's name.
    let examples: [String]
    let action: Action

    /// `pin add`.
    var name: String { words.joined(separator: " ") }

    /// A command that the command line alone knows.
    init(
        _ name: String, _ summary: String, discussion: String = "", arguments: [Argument] = [],
        options: [Option] = [], examples: [String], action: @escaping Action
    ) {
        words = name.split(separator: " ").map(String.init)
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
        self.action = action
    }

    /// A command of the RPC's table.
    ///
    /// - Parameters:
    ///   - spec: what is typed.
    ///   - options: what the command line adds to it.
    ///   - action: what is done with it here.
    init(_ spec: CommandSpec, adding options: [Option] = [], action: @escaping Action) {
        words = spec.words
        summary = spec.summary
        discussion = spec.discussion
        arguments = spec.arguments.map(Argument.init)
        self.options = spec.options.map(Option.init) + options
        examples = [spec.example]
        self.action = action
    }

    /// Finds an option by one of its names, those of the program included.
    ///
    /// - Parameter name: without dashes.
    /// - Returns: nil if there is none.
    func option(named name: Bytes) -> Option? {
        options.first { $0.isNamed(name) } ?? GlobalOptions.all.first { $0.isNamed(name) }
    }
}
