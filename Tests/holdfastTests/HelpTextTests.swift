import Buffers
import KuboRPC
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct HelpTextTests {
    private let help = HelpText(tree: .program)

    @Test(arguments: CommandTree.program.commands.map(\.words))
    func everyCommandHasHelpWithAnExampleThatParses(words: [String]) throws {
        let text = help.text(for: words)
        let command = try #require(CommandTree.program.command(words))
        #expect(text.contains("usage: holdfast \(command.name)"))
        #expect(!command.summary.isEmpty && !command.examples.isEmpty)
        for example in command.examples {
            #expect(text.contains("  holdfast \(example)"))
            let outcome = try CommandLineParser.parse(
                example.split(separator: " ").map { Bytes(utf8: $0) }, in: .program)
            guard case .run(let typed) = outcome else {
                Issue.record("\(example) asks for help")
                continue
            }
            #expect(typed.command.name == command.name)
        }
    }

    @Test func everyOptionIsDescribed() {
        for command in CommandTree.program.commands {
            for option in command.options + GlobalOptions.all {
                #expect(option.summary.hasSuffix("."), "\(command.name) --\(option.name)")
            }
        }
    }

    @Test func noOptionOfACommandHidesAnother() {
        let globalNames = GlobalOptions.all.flatMap(\.names)
        for command in CommandTree.program.commands {
            let names = command.options.flatMap(\.names) + globalNames
            #expect(Set(names).count == names.count, "\(command.name): \(names)")
        }
    }

    @Test func theProgramsHelpNamesEveryCommandOrItsGroup() {
        let text = help.text(for: [])
        for word in Set(CommandTree.program.commands.compactMap(\.words.first)) {
            #expect(text.contains("\n  \(word) "), "\(word)")
        }
    }

    @Test func everyCommandOfTheRPCCanBeTyped() {
        for spec in CommandTable.commands {
            #expect(CommandTree.program.command(spec.words) != nil, "\(spec.name)")
        }
    }

    @Test func linesAreNotTooLong() {
        for command in CommandTree.program.commands {
            for line in help.text(for: command.words).split(separator: "\n") {
                #expect(line.count <= 130, "\(command.name): \(line)")
            }
        }
    }
}
