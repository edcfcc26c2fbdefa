/// What a command takes besides its options.
package struct ArgumentSpec: Sendable {
    /// Where the value comes from.
    package enum Kind: Sendable {
        /// A text: `arg=` in the query, a word on the command line.
        case string
        /// File contents: parts of a multipart body, paths on the command line.
        case file
    }

    /// As in usage lines and in error texts.
    package let name: String
    package let kind: Kind
    /// Whether the call fails without it.
    package let isRequired: Bool
    /// Whether it may be given more than once; only the last argument of a command can.
    package let isVariadic: Bool
    /// Whether it may come from standard input, which over HTTP is a multipart file part with one
    /// value a line.
    package let acceptsStandardInput: Bool
    /// Whether folders are walked (`add -r`).
    package let isRecursive: Bool
    /// What it means, as one sentence.
    package let summary: String

    /// A text that must be given.
    static func required(_ name: String, _ summary: String, standardInput: Bool = true) -> Self {
        Self(
            name: name, kind: .string, isRequired: true, isVariadic: false,
            acceptsStandardInput: standardInput, isRecursive: false, summary: summary)
    }

    /// A text that must be given at least once.
    static func oneOrMore(_ name: String, _ summary: String, standardInput: Bool = true) -> Self {
        Self(
            name: name, kind: .string, isRequired: true, isVariadic: true,
            acceptsStandardInput: standardInput, isRecursive: false, summary: summary)
    }

    /// A text that may be given any number of times.
    static func any(_ name: String, _ summary: String) -> Self {
        Self(
            name: name, kind: .string, isRequired: false, isVariadic: true,
            acceptsStandardInput: false, isRecursive: false, summary: summary)
    }

    /// A text that may be given once.
    static func optional(_ name: String, _ summary: String) -> Self {
        Self(
            name: name, kind: .string, isRequired: false, isVariadic: false,
            acceptsStandardInput: false, isRecursive: false, summary: summary)
    }

    /// File contents that must be given.
    static func file(
        _ name: String, _ summary: String, variadic: Bool = true, recursive: Bool = false
    ) -> Self {
        Self(
            name: name, kind: .file, isRequired: true, isVariadic: variadic,
            acceptsStandardInput: true, isRecursive: recursive, summary: summary)
    }
}
