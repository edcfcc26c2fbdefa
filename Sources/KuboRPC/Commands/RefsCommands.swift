import BlockStore
import Content
import JSON
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
        let parsedFormat = try ReferenceFormat(format)
        limits.givesNames = parsedFormat.namesLinks
        return .lines(
            ReferenceLines(from: try invocation.cids(), invocation, limits, parsedFormat))
    }

    static func local(_ invocation: Invocation) throws -> Answer {
        let (library, context) = (invocation.library, invocation.context)
        let cidText = invocation.cidText
        return .lines(
            ProducedLines(invocation, name: "rpc-refs-local") { output in
                try library.store.forEachBlock { multihash, _ in
                    try context.check()
                    try output.emit(line(cidText(.v1(.raw, multihash))))
                    return true
                }
            })
    }

    static func line(_ reference: String, problem: String = "") -> JSONOutput {
        line(.text(reference), problem: problem)
    }

    static func line(_ reference: JSONOutput, problem: String = "") -> JSONOutput {
        .object([("Ref", reference), ("Err", .text(problem))])
    }
}
