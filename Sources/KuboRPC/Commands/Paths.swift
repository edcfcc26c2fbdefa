import Content
import Multiformats

/// Paths in arguments.
extension Invocation {
    /// Resolves an argument to the block that it names.
    ///
    /// - Parameter text: a CID or a path in any form that Kubo takes.
    /// - Returns: the CID, and the rest of the path inside the block.
    func resolve(_ text: String) throws -> Resolution {
        try PathResolver(access).resolve(ContentPath(parsing: text))
    }

    /// Resolves an argument that must lead to a block, not to a value inside one.
    func cid(of text: String) throws -> CID {
        let path = try ContentPath(parsing: text)
        // A bare CID names its block whether or not the block is here.
        if path.segments.isEmpty { return path.root }
        let resolution = try PathResolver(access).resolve(path)
        guard resolution.remainder.isEmpty else {
            throw RPCError.failed(
                "cannot resolve \(quoted(text)): the path ends inside a block")
        }
        return resolution.cid
    }
}
