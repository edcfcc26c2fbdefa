/// Writes `Docs/reference/configuration.md`. A test compares the page with the program.
package enum ConfigurationReference {
    /// The whole page.
    package static var markdown: String {
        let head = """
            # Configuration

            This page is generated from the program.

            A node reads `config.json` in its repository (`$HOLDFAST_HOME`, `~/.holdfast` by default)
            when it starts. Every key is optional. An option of the command line wins over the
            environment, the environment over the file, the file over the default. An unknown key, a
            value of the wrong type or out of range, and a key that stands there twice keep the node
            from starting; the message names the key, the value and what is allowed.

            ```json
            {
              "listen": { "public": "0.0.0.0:8080" },
              "store": { "cacheSize": "256MiB" }
            }
            ```

            Sizes are numbers of bytes or texts such as `"64MiB"`, durations texts such as `"30s"`.
            In the environment lists and objects are written as JSON.

            """
        return head + parts.map(section).joined()
    }

    private static let parts = ["listen", "gateway", "rpc", "import", "store", "scrub", "log"]

    private static let titles = [
        "listen": "where the node listens", "gateway": "the gateway",
        "rpc": "the Kubo RPC", "import": "what `add` does where its options say nothing",
        "store": "the block store", "scrub": "the search for damaged blocks", "log": "the log",
    ]

    private static func section(_ part: String) -> String {
        let settings = Configuration.settings.filter { $0.key.hasPrefix(part + ".") }
        let body = settings.map { setting in
            """

            ### `\(setting.key)`

            \(setting.summary)

            * allowed: \(setting.allowed)
            * default: `\(setting.fallback)`
            * environment: `\(setting.environmentName)`

            """
        }
        return "\n## `\(part)`: \(titles[part] ?? part)\n" + body.joined()
    }
}
