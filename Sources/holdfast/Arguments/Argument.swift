import KuboRPC

/// What a command takes besides its options.
struct Argument: Sendable {
    let name: String
    let isRequired: Bool
    /// Whether it may be given more than once; only the last argument of a command can.
    let isVariadic: Bool
    /// Whether it names a file, so that completions offer files.
    let isFile: Bool
    /// Whether it may come from standard input, one value a line, when it is missing.
    let acceptsStandardInput: Bool
    let summary: String

    /// An argument that the command line alone knows.
    init(_ name: String, isRequired: Bool = true, isFile: Bool = false, _ summary: String) {
        self.name = name
        self.isRequired = isRequired
        self.isFile = isFile
        self.summary = summary
        isVariadic = false
        acceptsStandardInput = false
    }

    /// An argument of the RPC's table.
    init(_ spec: ArgumentSpec) {
        name = spec.name
        isRequired = spec.isRequired
        isVariadic = spec.isVariadic
        isFile = spec.kind == .file
        acceptsStandardInput = spec.acceptsStandardInput
        summary = spec.summary
    }

    /// As in a usage line: `<path>...`, `[<peerid>]`.
    var usage: String {
        let text = "<\(name)>" + (isVariadic ? "..." : "")
        return isRequired ? text : "[\(text)]"
    }
}
