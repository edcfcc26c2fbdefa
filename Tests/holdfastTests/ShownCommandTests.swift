import Buffers
import Execution
import TestSupport
import Testing

/// Does what the pages say, and compares what they show with what the program prints.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct ShownCommandTests {
    @Test(arguments: ["README.md", "Docs/quick-start.md", "Docs/security.md"])
    func thePageShowsWhatTheProgramPrints(page: String) throws {
        let text = try File.readAll(ProjectFolder.path(page), limit: 1 << 20).utf8Text
        let commands = ShownCommand.all(on: try #require(text))
        #expect(commands.count >= 5)
        let reader = try Reader()
        for command in commands {
            let printed = try reader.type(command)
            #expect(command.shows(printed), "\(page): \(command.text) prints\n\(printed)")
        }
    }

    @Test(arguments: [
        ("made 7 files\nready\n", true), ("made 7 files\nready", true),
        ("made 7 folders\nready\n", false), ("made  files\nready\n", false),
        ("made 7 files\n", false), ("made 7 files\nready\nmore\n", false), ("", false),
    ])
    func onlyWhatThePageShowsIsAccepted(printed: String, isShown: Bool) throws {
        let page = "Text:\n\n    $ make files\n    made … files\n    ready\n\n    no command\n"
        let commands = ShownCommand.all(on: page)
        #expect(commands.map(\.text) == ["make files"])
        #expect(try #require(commands.first).shows(printed) == isShown)
    }
}

/// Somebody who types the commands of a page, with a home and ports that are not those of the page.
private final class Reader {
    private let place: TestPlace
    private var node: RunningNode?

    init() throws { place = try TestPlace(makesRepository: false) }

    /// Types a command.
    ///
    /// - Returns: what it prints, with the names of the page in it.
    func type(_ command: ShownCommand) throws -> String {
        if command.text.hasPrefix("holdfast serve") { return try serve(command) }
        let line = names.reduce(command.text) { $0.replacing($1.onPage, with: $1.here) }
        let process = try place.shell(line)
        #expect(process.exitCode == 0, "\(command.text): \(process.errorText)")
        if command.text == "holdfast shutdown" { #expect(node?.process.exitCode == 0) }
        return asOnPage(process.outputText)
    }

    /// Starts the node, which stays.
    private func serve(_ command: ShownCommand) throws -> String {
        let node = try RunningNode(place)
        self.node = node
        let deadline = soon()
        while !command.shows(asOnPage(node.process.outputText)), !deadline.hasPassed,
            !node.process.hasEnded
        {
            pause(for: .milliseconds(5))
        }
        return asOnPage(node.process.outputText)
    }

    private func asOnPage(_ text: String) -> String {
        names.reduce(text) { $0.replacing($1.here, with: $1.onPage) }
    }

    private var names: [(onPage: String, here: String)] {
        var names = [(onPage: "/home/ann", here: place.folder)]
        guard let node else { return names }
        names.append(("127.0.0.1:8080", "127.0.0.1:\(node.gatewayPort)"))
        names.append(("127.0.0.1:5001", "127.0.0.1:\(node.rpcPort)"))
        names.append(("/127.0.0.1/tcp/5001", "/127.0.0.1/tcp/\(node.rpcPort)"))
        return names
    }
}
