import Node

/// `holdfast init`.
enum InitCommand {
    static let command = ProgramCommand(
        "init", "Make a repository.",
        discussion: """
            Makes the folder with an empty store, a config.json and an identity. A repository that is \
            there already is left as it is, and the command fails.
            """,
        examples: ["init", "--home /srv/holdfast init"]
    ) { typed, session in
        let home = session.home(typed)
        let identity = try Repository.initialize(home: home)
        try session.output.line("made a repository in \(home)")
        try session.output.line("peer identity: \(identity.peerID)")
        try session.output.line("next: holdfast serve, or holdfast add <file>")
    }
}
