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
        _ arguments: [Bytes], standardInputName: Bytes?
    ) throws -> [(path: Bytes, name: Bytes)] {
        var entries: [(path: Bytes, name: Bytes)] = []
        var paths: [Bytes: Bytes] = [:]
        for argument in arguments.isEmpty ? ["-"] : arguments {
            if argument == "-" {
                entries.append(("-", standardInputName ?? ""))
                continue
            }
            var path = PathBytes.cleaned(argument)
            if path == "." || path.ends(with: "..") {
                let current = try File.linkTarget(of: "/proc/self/cwd")
                path = PathBytes.cleaned(PathBytes.joined(current, path))
            }
            let name = PathBytes.base(of: path)
            if let other = paths[name] {
                guard other == path else {
                    throw AddError(
                        "file name \(name.displayText) repeated under different import directories: "
                            + "\(File.folder(of: path).displayText) and "
                            + File.folder(of: other).displayText)
                }
                continue
            }
            paths[name] = path
            entries.append((path, name))
        }
        return entries.sorted { $0.name < $1.name }
    }
}
