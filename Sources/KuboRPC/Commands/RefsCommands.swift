import BlockStore
import Buffers
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
        let roots = try invocation.cids()
        return .lines(lines(from: roots.cids, limits, format, invocation))
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

    /// A root that cannot be read is a line with the error; the others follow all the same.
    private static func lines(
        from roots: [CID], _ limits: References.Options, _ format: String,
        _ invocation: Invocation
    ) -> ReferenceLines {
        ReferenceLines(from: roots, invocation, limits) { reference in
            line(text(of: reference, format, invocation.cidText))
        }
    }

    private static func text(
        of reference: Reference, _ format: String, _ cidText: CIDText
    ) -> String {
        // By code points: a mark that combines with a bracket does not hide it.
        var text = format.unicodeScalars
        for (word, value) in [
            ("<src>", cidText(reference.source)), ("<dst>", cidText(reference.destination)),
            ("<linkname>", reference.linkName.displayText),
        ] { text = text.replacing(word.unicodeScalars, with: value.unicodeScalars) }
        return String(text)
    }

    static func line(_ reference: String, problem: String = "") -> JSON {
        .object([("Ref", .text(reference)), ("Err", .text(problem))])
    }
}

/// The links below some roots, a line each.
private final class ReferenceLines: LineSource {
    private let invocation: Invocation
    private let limits: References.Options
    private let line: (Reference) -> JSON
    private var rest: ArraySlice<CID>
    private var current: References?

    init(
        from roots: [CID], _ invocation: Invocation, _ limits: References.Options,
        line: @escaping (Reference) -> JSON
    ) {
        rest = roots[...]
        self.invocation = invocation
        self.limits = limits
        self.line = line
    }

    func next() throws -> JSON? {
        while true {
            do throws(ContentError) {
                if let reference = try current?.next() { return line(reference) }
                guard let root = rest.popFirst() else { return nil }
                current = nil
                current = try References(from: root, access: invocation.access, options: limits)
            } catch {
                if error.endsRequest { throw error }
                current = nil
                return RefsCommands.line("", problem: RPCError(error).message)
            }
        }
    }

    func release() { current?.release() }

    func close() { current = nil }
}
