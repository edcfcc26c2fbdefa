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
    private var index = 0
    private var current: References?
    /// The line that was given last, if it is an error.
    private var problem: JSON?

    init(
        from roots: ArgumentCIDs, _ invocation: Invocation, _ limits: References.Options,
        _ format: ReferenceFormat
    ) {
        self.roots = roots
        self.invocation = invocation
        self.limits = limits
        self.format = format
    }

    func next() throws -> JSON? {
        problem = nil
        while true {
            do throws(ContentError) {
                if let reference = try current?.next() { return line(of: reference) }
                guard index < roots.cids.count else { return nil }
                index += 1
                current = nil
                current = try References(
                    from: roots.cids[index - 1], access: invocation.access, options: limits)
            } catch {
                if error.endsRequest { throw error }
                current = nil
                problem = RefsCommands.line("", problem: RPCError(error).message)
                return problem
            }
        }
    }

    var canRepeat: Bool { true }

    func again() throws -> JSON? { try problem ?? current?.again().map(line) }

    func release() { current?.release() }

    func close() { current = nil }

    private func line(of reference: Reference) -> JSON {
        RefsCommands.line(
            format.text(
                source: invocation.cidText(reference.source),
                destination: invocation.cidText(reference.destination),
                linkName: reference.linkName))
    }
}
