import Buffers
import Execution

/// What the arguments of `add` are called in the upload.
enum AddArguments {
    /// Paths with their names, in the order in which they are sent.
    ///
    /// - Parameters:
    ///   - arguments: as typed; none means standard input, as `-` does.
    ///   - standardInputName: the name that standard input gets.
    /// - Returns: sorted by name; a path that was given twice is there once.
    static func entries(
        _ arguments: [String], standardInputName: String?
    ) throws -> [(path: String, name: String)] {
        var entries: [(path: String, name: String)] = []
        for argument in arguments.isEmpty ? ["-"] : arguments {
            if argument == "-" {
                entries.append(("-", standardInputName ?? ""))
                continue
            }
            var path = PathText.cleaned(argument)
            if path == "." || path.hasSuffix("..") {
                let current = try File.linkTarget(of: "/proc/self/cwd").utf8Text ?? "."
                path = PathText.cleaned(current + "/" + path)
            }
            let name = PathText.base(of: path)
            if let other = entries.first(where: { $0.name == name && $0.path != "-" }) {
                guard other.path == path else {
                    throw AddError(
                        "file name \(name) repeated under different import directories: "
                            + "\(File.folder(of: path)) and \(File.folder(of: other.path))")
                }
                continue
            }
            entries.append((path, name))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
