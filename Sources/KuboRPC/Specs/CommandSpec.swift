package import Buffers

/// The declarative part of a command: everything that help texts, completions, the check of
/// options, and `commands` need. What it does is in `Command`.
package struct CommandSpec: Sendable {
    /// The path below `/api/v0`, which is also what is typed: `pin/add` is `holdfast pin add`.
    package let name: String
    /// What it does, as one sentence.
    package let summary: String
    /// More than the summary says, in paragraphs; empty where there is no more to say.
    package let discussion: String
    package let arguments: [ArgumentSpec]
    /// The command's own options, without those of `CommandTable.globalOptions`.
    package let options: [OptionSpec]
    /// A command line that works, without the program's name.
    package let example: String

    init(
        _ name: String, _ summary: String, discussion: String = "",
        arguments: [ArgumentSpec] = [], options: [OptionSpec] = [], example: String
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.example = example
    }

    /// The words of the name: `["pin", "add"]`.
    package var words: [String] { name.split(separator: "/").map(String.init) }

    /// Finds an option by any of its names, the global ones included.
    ///
    /// - Parameter name: without dashes.
    /// - Returns: nil where neither the command nor the program has it.
    package func option(named name: Bytes) -> OptionSpec? {
        options.first { $0.isNamed(name) } ?? CommandTable.globalOptions.first { $0.isNamed(name) }
    }
}
