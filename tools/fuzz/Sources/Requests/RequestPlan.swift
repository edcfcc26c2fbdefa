import Buffers

/// What the generator makes of an input: content first, then requests for it.
struct RequestPlan: Sendable {
    let name: String
    private let isIdentityOnly: Bool
    private let plan: @Sendable (RequestSubject, Bytes, inout Choices) -> [HostileRequest]

    /// Content that stands in CIDs, asked for in every way that strangers have.
    static let gateway = RequestPlan(name: "gateway-requests", isIdentityOnly: true) {
        subject, _, choices in
        (0...choices.below(8)).map { _ in .gateway(subject, &choices) }
    }

    /// Commands, with content that stands in CIDs and in uploads.
    static let rpc = RequestPlan(name: "rpc-requests", isIdentityOnly: true) {
        subject, archive, choices in
        (0...choices.below(8)).map { _ in .rpc(subject, archive: archive, &choices) }
    }

    /// A CAR, and then everything that reads on what it brought.
    static let stored = RequestPlan(name: "stored-content", isIdentityOnly: false) {
        subject, archive, choices in
        let query = choices.oneIn(3) ? "pin-roots=true&stats=true" : "pin-roots=false"
        return [.importing(archive, query: query)]
            + (0...choices.below(10)).map { _ in
                choices.oneIn(2)
                    ? .gateway(subject, &choices) : .rpc(subject, archive: archive, &choices)
            }
    }

    /// The requests of an input.
    func requests(from input: Bytes) -> [HostileRequest] {
        let content = HostileContent(Choices(input), isIdentityOnly: isIdentityOnly)
        var choices = content.remaining
        let archive = HostileArchive.bytes(of: content, &choices)
        return plan(RequestSubject(content), archive, &choices)
    }
}
