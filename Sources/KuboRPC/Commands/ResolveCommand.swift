import Content
import JSON
import Multiformats

/// `resolve`.
enum ResolveCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let argument = invocation.argumentBytes[0]
        let path = try ContentPath(parsing: argument)
        let resolution = try invocation.resolve(argument)
        let rest = Invocation.remainderText(resolution.remainder)
        let cid = text(of: resolution.cid, like: path.rootText, invocation)
        return .value(.object([("Path", .text("/ipfs/" + cid + rest))]))
    }

    /// The CID in the base of the argument, unless the caller asked for another one.
    private static func text(of cid: CID, like argument: String, _ invocation: Invocation) -> String
    {
        let isVersion0 = argument.utf8.count == 46 && argument.hasPrefix("Qm")
        guard !invocation.cidText.hasBase, !isVersion0,
            let letter = argument.unicodeScalars.first,
            let base = Multibase.allCases.first(where: { $0.prefix == letter })
        else { return invocation.cidText(cid) }
        // Kubo prints version 0 as version 1 where the argument shows that its author likes that.
        return cid.asV1.text(in: base)
    }
}
