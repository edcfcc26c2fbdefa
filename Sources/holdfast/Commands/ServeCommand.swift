import Execution
import KuboRPC
import Node
import Telemetry

/// `holdfast serve`.
enum ServeCommand {
    static let command = ProgramCommand(
        "serve", "Run the node.",
        discussion: """
            Opens the repository and serves the gateway on the public address and the RPC on the \
            private one, until it gets SIGTERM or SIGINT (Ctrl-C). Port 0 takes any free port; the \
            addresses are printed, and written to the files `gateway` and `api` in the repository.
            """,
        options: [
            Option(
                ["public"], .text, value: "address:port",
                "Where the gateway listens; listen.public of the configuration by default."),
            Option(
                ["private"], .text, value: "address:port",
                "Where the RPC listens; listen.private of the configuration by default."),
            Option(
                ["log-format"], .text, value: "form",
                "human or json; human on a terminal by default, json otherwise."),
            Option(
                ["log-level"], .text, value: "level",
                "debug, info, warning or error; log.level of the configuration by default."),
            Option(["init"], "Make the repository first if there is none."),
        ],
        examples: ["serve", "serve --public 0.0.0.0:8080", "serve --log-format=json"]
    ) { typed, session in
        let home = session.home(typed)
        if typed.flag("init"), try !Repository.exists(home: home) {
            do {
                _ = try Repository.initialize(home: home)
            } catch let error as RepositoryError where error.code == .exists {
                // Another process has made it since the look.
            }
        }
        var overrides: [String: String] = [:]
        for (option, key) in Self.configurationKeys {
            if let text = typed.text(option) { overrides[key] = text }
        }
        try Server.run(
            home: home, options: overrides, environment: session.environment,
            isForPeople: session.errors.isTerminal
        ) { line in
            try? session.output.line(line)
            try? session.output.flush()
        }
    }

    /// Options that stand for a key of the configuration.
    private static let configurationKeys = [
        "public": "listen.public", "private": "listen.private", "log-format": "log.format",
        "log-level": "log.level",
    ]
}
