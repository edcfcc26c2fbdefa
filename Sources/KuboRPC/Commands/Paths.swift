import Buffers
import Content
import Multiformats

/// Paths in arguments.
extension Invocation {
    /// Resolves an argument to the block that it names.
    ///
    /// - Parameter argument: a CID or a path in any form that Kubo takes; its names are any bytes.
    /// - Returns: the CID, and the rest of the path inside the block.
    func resolve(_ argument: Bytes) throws -> Resolution {
        let path = try ContentPath(parsing: argument)
        return try PathResolver(access).resolve(path, in: access.makeStateShare()).withoutWay
    }

    /// Resolves an argument that must lead to a block, not to a value inside one.
    func cid(of argument: Bytes) throws -> CID {
        let path = try ContentPath(parsing: argument)
        // A bare CID names its block whether or not the block is here.
        if path.segments.isEmpty { return path.root }
        let resolution = try resolve(argument)
        guard resolution.remainder.isEmpty else {
            throw RPCError.failed(
                "cannot resolve \(quoted(argument.displayText)): the path ends inside a block")
        }
        return resolution.cid
    }

    /// What is left of a path inside a block, as people read it: `/a/b`.
    static func remainderText(_ names: [Bytes]) -> String {
        names.map { "/" + $0.displayText }.joined()
    }
}
