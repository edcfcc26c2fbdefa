import KuboRPC

/// The options that every command takes.
enum GlobalOptions {
    static let help = Option(["help", "h"], "Show what a command does, with an example.")

    static let all: [Option] = [
        help,
        Option(
            ["home"], .text, value: "folder",
            "The repository; $HOLDFAST_HOME or ~/.holdfast by default."),
        Option(
            ["api"], .text, value: "address",
            """
            Talk to the node at this address (127.0.0.1:5001, /ip4/…/tcp/…, http://…, unix:…); \
            $HOLDFAST_API, or the node that has the repository open, by default.
            """),
        Option(
            ["api-auth"], .text, value: "secret",
            """
            Send this secret to the node: a bearer token, or basic:user:password; \
            $HOLDFAST_API_AUTH by default, which other users of this machine cannot see, as they \
            can what is typed here.
            """),
        Option(
            ["encoding", "enc"], .text, value: "form", default: "text",
            "Print text, or the JSON that the node sent."),
        Option(
            ["timeout"], .text, value: "duration", "Give up after this time, such as 30s or 1h5m."),
        Option(
            ["cid-base"], .text, value: "base",
            "Multibase of printed CIDs; any other than base58btc turns CIDv0 into CIDv1."),
        Option(["upgrade-cidv0-in-output"], "Print CIDv0 as CIDv1, whatever the base."),
        Option(["offline"], "Use what is stored on the node only."),
    ]

    /// Those that go to the node with every call.
    static let sentNames: Set<String> = [
        "timeout", "cid-base", "upgrade-cidv0-in-output", "offline",
    ]
}
