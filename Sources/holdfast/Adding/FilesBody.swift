import Buffers
import Execution

/// The multipart body of commands that take the contents of files: `block put`, `dag put`,
/// `dag import`, `multibase …`.
final class FilesBody: RPCBody {
    private let body: AddBody

    var contentType: String { body.contentType }

    /// Sends files one after the other.
    ///
    /// - Parameters:
    ///   - arguments: paths; none means standard input, as `-` does.
    ///   - command: what was typed, for errors.
    init(_ arguments: [Bytes], of command: String) {
        let paths = (arguments.isEmpty ? ["-"] : arguments).map { path in
            (path: path, name: path == "-" ? Bytes.empty : PathBytes.base(of: path))
        }
        var rules = TreeWalk.Rules()
        rules.followsArguments = true
        rules.command = command
        rules.takesFolders = false
        body = AddBody(
            TreeWalk(paths, rules: rules), boundary: Boundary.make(), metadata: AddBody.Metadata())
    }

    func next() throws -> Bytes? { try body.next() }

    func isReady(within duration: Duration) throws -> Bool { try body.isReady(within: duration) }
}
