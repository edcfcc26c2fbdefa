import Buffers
import Testing

@testable import KuboRPC

@Suite(.timeLimit(.minutes(40)))
struct CommandTableTests {
    @Test func everyCommandOfTheTableIsBuiltAndNoOther() {
        let names = CommandTable.commands.map(\.name)
        #expect(Set(names) == Set(Commands.all.keys))
        #expect(names.count == Set(names).count)
        #expect(names == names.sorted())
    }

    @Test(arguments: CommandTable.commands.map(\.name))
    func noOptionNameMeansTwoThings(name: String) throws {
        let spec = try #require(CommandTable.command(named: Bytes(utf8: name)))
        let names = (spec.options + CommandTable.globalOptions).flatMap(\.names)
        #expect(names.count == Set(names).count)
    }

    @Test(arguments: CommandTable.commands.map(\.name))
    func everyTextIsASentenceAndEveryExampleBeginsWithItsCommand(name: String) throws {
        let spec = try #require(CommandTable.command(named: Bytes(utf8: name)))
        let texts = [spec.summary] + spec.arguments.map(\.summary) + spec.options.map(\.summary)
        for text in texts { #expect(text.hasSuffix("."), "\(text)") }
        #expect(spec.example.hasPrefix(spec.words.joined(separator: " ")))
    }

    @Test(arguments: CommandTable.commands.map(\.name))
    func filesStandAloneAndOnlyTheLastArgumentRepeats(name: String) throws {
        let spec = try #require(CommandTable.command(named: Bytes(utf8: name)))
        #expect(!spec.arguments.dropLast().contains { $0.isVariadic || $0.kind == .file })
    }

    @Test func everyGroupHasASummary() {
        let groups = Set(
            CommandTable.commands.compactMap { spec -> String? in
                guard spec.words.count > 1,
                    CommandTable.command(named: Bytes(utf8: spec.words[0])) == nil
                else {
                    return nil
                }
                return spec.words[0]
            })
        #expect(groups == Set(CommandTable.groups.keys))
    }
}
