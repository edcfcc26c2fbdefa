import Buffers
import Content
import Multiformats

/// The links below some roots, a line each. A root that cannot be read is a line with the error; the
/// others follow all the same.
final class ReferenceLines: LineSource {
    private let invocation: Invocation
    private let limits: References.Options
    private let format: ReferenceFormat
    private let roots: ArgumentCIDs
    /// For the text of one line.
    private let memory: StateShare
    private var index = 0
    private var current: References?

    init(
        from roots: ArgumentCIDs, _ invocation: Invocation, _ limits: References.Options,
        _ format: ReferenceFormat
    ) {
        self.roots = roots
        self.invocation = invocation
        self.limits = limits
        self.format = format
        memory = invocation.access.makeStateShare()
    }

    func next() throws -> JSON? {
        // The text before has been written.
        memory.release()
        while true {
            do throws(ContentError) {
                if let reference = try current?.next() { return try line(of: reference) }
                guard index < roots.cids.count else { return nil }
                index += 1
                current = nil
                current = try References(
                    from: roots.cids[index - 1], access: invocation.access, options: limits)
            } catch {
                if error.endsRequest { throw error }
                current = nil
                return RefsCommands.line("", problem: RPCError(error).message)
            }
        }
    }

    func release() { current?.release() }

    func close() { current = nil }

    private func line(of reference: Reference) throws(ContentError) -> JSON {
        let (source, destination) = (
            invocation.cidText(reference.source), invocation.cidText(reference.destination)
        )
        try memory.require(
            format.byteCount(
                source: source, destination: destination, linkName: reference.linkName))
        return RefsCommands.line(
            format.text(
                source: source, destination: destination,
                linkName: reference.linkName.displayText))
    }
}
