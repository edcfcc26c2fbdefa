import Buffers
import Content
import JSON
import Multiformats

/// The links below some roots, a line each. A block that cannot be read is a line with the error; what is
/// not below it follows all the same. Those that were met below one root are met for the others, as in Kubo.
final class ReferenceLines: LineSource {
    private let invocation: Invocation
    private let format: ReferenceFormat
    private let roots: ArgumentCIDs
    private var index = 0
    /// Nil when nobody wants lines any more.
    private var references: References?
    /// The line that was given last, if it is an error.
    private var problem: JSONOutput?

    init(
        from roots: ArgumentCIDs, _ invocation: Invocation, _ limits: References.Options,
        _ format: ReferenceFormat
    ) {
        self.roots = roots
        self.invocation = invocation
        self.format = format
        references = References(access: invocation.access, options: limits)
    }

    func next() throws -> JSONOutput? {
        problem = nil
        while true {
            do throws(ContentError) {
                if let reference = try references?.next() { return line(of: reference) }
                guard references != nil, index < roots.cids.count else { return nil }
                index += 1
                try references?.goOn(below: roots.cids[index - 1])
            } catch {
                if error.endsRequest { throw error }
                if !error.isAboutContent { references?.leaveRoot() }
                problem = RefsCommands.line("", problem: RPCError(error).message)
                return problem
            }
        }
    }

    var canRepeat: Bool { true }

    func again() throws -> JSONOutput? { try problem ?? references?.again().map(line) }

    func release() { references?.release() }

    func close() { references = nil }

    private func line(of reference: Reference) -> JSONOutput {
        RefsCommands.line(
            format.text(
                source: invocation.cidText(reference.source),
                destination: invocation.cidText(reference.destination),
                linkName: reference.linkName))
    }
}
