import Buffers
import Execution
import HTTPClient
import Node

/// The program: takes the command line apart, runs the command, and says what went wrong.
@main
enum Holdfast {
    static func main() {
        ProcessSetup.prepare()
        let session = Session(tree: CommandTree.program, environment: ProcessSetup.environment)
        let code = run(ProcessSetup.arguments, session)
        ProcessSetup.exit(code)
    }

    private static func run(_ words: [Bytes], _ session: Session) -> Int32 {
        do {
            try session.checkEnvironment()
            switch try CommandLineParser.parse(words, in: session.tree) {
            case .help(let words):
                try session.output.write(HelpText(tree: session.tree).text(for: words))
            case .run(let typed):
                if typed.command.name != ServeCommand.command.name {
                    Allocator.keepFreedMemory()
                }
                try typed.command.action(typed, session)
            }
            try session.finish()
            return 0
        } catch {
            return report(error, session)
        }
    }

    private static func report(_ error: any Error, _ session: Session) -> Int32 {
        defer { session.close() }
        // The reader of our output has gone (`holdfast cat … | head`): that is not worth a word.
        if let error = error as? FileError, error.isBrokenPipe { return 141 }
        try? session.output.flush()
        try? session.errors.line("Error: \(error)")
        if let usage = error as? UsageError {
            let name = (["holdfast"] + usage.words).joined(separator: " ")
            try? session.errors.line("Use '\(name) --help' for information about this command")
        }
        try? session.errors.flush()
        return 1
    }
}
