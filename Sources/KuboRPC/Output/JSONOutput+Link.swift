import JSON

extension JSONOutput {
    /// `{"/":"<cid>"}`, the form of a CID where DAG-JSON meant it.
    static func link(_ cid: String) -> JSONOutput { .object([("/", .text(cid))]) }
}
