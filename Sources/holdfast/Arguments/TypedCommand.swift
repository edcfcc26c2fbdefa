import Buffers
import KuboRPC

/// What was typed, understood: a command with its options and arguments.
struct TypedCommand: Sendable {
    let command: ProgramCommand
    /// The words that are neither options nor part of the command's name, as they were typed.
    var arguments: [Bytes]
    /// The options in the order in which they were typed.
    private(set) var given: [(option: Option, value: Bytes)] = []

    init(command: ProgramCommand, arguments: [Bytes] = []) {
        self.command = command
        self.arguments = arguments
    }

    /// Keeps the value of an option.
    ///
    /// - Parameters:
    ///   - option: of the command or of the program.
    ///   - text: as it was typed.
    mutating func set(_ option: Option, to text: Bytes) throws(UsageError) {
        guard option.kind == .texts || !isGiven(option.name) else {
            throw UsageError("multiple values for option \"\(option.name)\"", words: command.words)
        }
        do throws(UsageError) {
            given.append((option, try OptionValue.normalized(text, for: option)))
        } catch {
            // Only here it is known whose help tells what the option takes.
            throw UsageError(error.message, words: command.words)
        }
    }

    /// Whether an option was typed.
    func isGiven(_ name: String) -> Bool { given.contains { $0.option.name == name } }

    /// All values of an option, as they were given.
    func values(_ name: String) -> [Bytes] {
        given.filter { $0.option.name == name }.map(\.value)
    }

    /// The value of an option that may be any bytes: a path, a name, a pattern.
    func bytes(_ name: String) -> Bytes? { values(name).last }

    /// The value of an option as text: what was given, else its default, else nil.
    func text(_ name: String) -> String? {
        values(name).last?.displayText ?? command.option(named: Bytes(utf8: name))?.fallback
    }

    /// Whether a flag is on: as given, else its default, else off.
    func flag(_ name: String) -> Bool { text(name) == "true" }

    /// The value of a number.
    func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    /// How long the node may take, if that is limited.
    var timeout: Duration? { text("timeout").flatMap(GoDuration.parse) }

    /// What goes into the query of the call: the options that the node reads.
    var sentOptions: [(name: Bytes, value: Bytes)] {
        given.filter { $0.option.isSent || GlobalOptions.sentNames.contains($0.option.name) }
            .map { (Bytes(utf8: $0.option.name), $0.value) }
    }
}
