package import Buffers

/// Which paths of a folder are left out, by the rules of `.gitignore`.
///
/// Paths are relative to the folder that the rules stand for, with `/` between names. Matching is
/// by bytes, as git does it.
///
/// - Spec: gitignore(5), as Kubo's `ipfs add` has it for `--ignore` and `--ignore-rules-path`.
package struct IgnoreRules: Sendable {
    private var patterns: [IgnorePattern] = []

    /// Rules that leave out nothing.
    package init() {}

    /// Rules from the values of `--ignore` and the lines of a rules file, in that order.
    package init(lines: [Bytes]) {
        for line in lines { add(line: line) }
    }

    /// Whether there is no rule.
    package var isEmpty: Bool { patterns.isEmpty }

    /// Adds one line; empty lines, comments and patterns that cannot match are passed over.
    package mutating func add(line: Bytes) {
        if let pattern = IgnorePattern(parsing: line.array) { patterns.append(pattern) }
    }

    /// Adds the lines of a rules file.
    package mutating func add(contents: Bytes) {
        for line in contents.split(separator: UInt8(ascii: "\n")) { add(line: line) }
    }

    /// Whether a path is left out: by a rule for itself or for a folder that it is in.
    ///
    /// - Parameters:
    ///   - path: relative to the folder of the rules.
    ///   - isDirectory: whether the path names a directory; some rules are for these only.
    /// - Returns: true if it is left out. The last rule that matches decides, but nothing below a
    ///   folder that is left out comes back.
    package func ignores(_ path: Bytes, isDirectory: Bool) -> Bool {
        guard !patterns.isEmpty else { return false }
        let names = path.split(separator: UInt8(ascii: "/")).map(\.array)
        return names.indices.contains { index in
            let isFolder = isDirectory || index + 1 < names.count
            let last = patterns.last { $0.matches(names[...index], isDirectory: isFolder) }
            return last.map { !$0.isNegated } ?? false
        }
    }
}
