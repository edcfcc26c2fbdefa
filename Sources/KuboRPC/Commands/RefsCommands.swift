import BlockStore
import Content
import Multiformats

/// `refs`, `refs/local` and `repo/ls`.
enum RefsCommands {
    static func refs(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        var format = options.text("format") ?? "<dst>"
        if options.flag("edges") {
            guard format == "<dst>" else {
                throw RPCError.failed("using format argument with edges is not allowed")
            }
            format = "<src> -> <dst>"
        }
        var limits = References.Options()
        limits.isUnique = options.flag("unique")
        let depth = options.integer("max-depth") ?? -1
        limits.depthMax = options.flag("recursive") ? (depth < 0 ? nil : depth) : 1
        let roots = try invocation.arguments.map { try invocation.cid(of: $0) }
        return .lines(lines(from: roots, limits, format, invocation))
    }

    static func local(_ invocation: Invocation) throws -> Answer {
        let (library, cidText) = (invocation.library, invocation.cidText)
        return .lines(
            ProducedLines(invocation, name: "rpc-refs-local") { output in
                try library.store.forEachBlock { multihash, _ in
                    try output.emit(line(cidText(.v1(.raw, multihash))))
                    return true
                }
            })
    }

    /// A root that cannot be read is a line with the error; the others follow all the same.
    private static func lines(
        from roots: [CID], _ limits: References.Options, _ format: String,
        _ invocation: Invocation
    ) -> Lines {
        var rest = roots[...]
        var current: References?
        return Lines {
            while true {
                do {
                    if let reference = try current?.next() {
                        return line(text(of: reference, format, invocation.cidText))
                    }
                    guard let root = rest.popFirst() else { return nil }
                    current = nil
                    current = try References(
                        from: root, library: invocation.library, options: limits)
                } catch {
                    current = nil
                    return line("", problem: RPCError(error).message)
                }
            }
        }
    }

    private static func text(
        of reference: Reference, _ format: String, _ cidText: CIDText
    ) -> String {
        format.replacing("<src>", with: cidText(reference.source))
            .replacing("<dst>", with: cidText(reference.destination))
            .replacing("<linkname>", with: reference.linkName)
    }

    private static func line(_ reference: String, problem: String = "") -> JSON {
        .object([("Ref", .text(reference)), ("Err", .text(problem))])
    }
}
