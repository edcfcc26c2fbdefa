/// Evaluates the conditions of a request against the representation that would be sent.
///
/// - Spec: RFC 9110, 13.2.2; IPFS Path Gateway, "`If-None-Match` (request header)".
package enum Preconditions {
    /// What the conditions lead to.
    package enum Outcome: Sendable, Equatable {
        /// The request is answered as if it had none.
        case proceed
        /// 304.
        case notModified
        /// 412.
        case failed
    }

    /// Evaluates `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`.
    ///
    /// - Parameters:
    ///   - fields: of the request.
    ///   - method: 304 is for GET and HEAD only.
    ///   - tag: what the 200 would carry as `Etag`.
    ///   - alternatives: further tags that `If-None-Match` may name, such as the CID of a folder.
    ///   - lastModified: seconds since 1970, if known.
    /// - Returns: what to do.
    package static func evaluate(
        _ fields: Fields, method: Method, tag: EntityTag, alternatives: [EntityTag] = [],
        lastModified: Int64? = nil
    ) -> Outcome {
        if let list = fields.joined("If-Match") {
            if !EntityTagList(parsing: list).matchesStrongly(tag) { return .failed }
        } else if let limit = date("If-Unmodified-Since", in: fields), let lastModified,
            lastModified > limit
        {
            return .failed
        }
        guard method == .get || method == .head else { return .proceed }
        if let list = fields.joined("If-None-Match") {
            let matches = EntityTagList(parsing: list).matchesWeakly([tag] + alternatives)
            return matches ? .notModified : .proceed
        }
        if let limit = date("If-Modified-Since", in: fields), let lastModified,
            lastModified <= limit
        {
            return .notModified
        }
        return .proceed
    }

    /// Whether `Range` counts: without `If-Range` always; with it, when the client has the very
    /// bytes of which it wants more.
    ///
    /// - Parameters:
    ///   - fields: of the request.
    ///   - tag: what the 200 would carry as `Etag`.
    ///   - lastModified: seconds since 1970, if known.
    /// - Returns: false when the whole representation is due.
    package static func rangeHolds(
        _ fields: Fields, tag: EntityTag, lastModified: Int64? = nil
    ) -> Bool {
        guard let condition = fields["If-Range"] else { return true }
        if let other = EntityTag(parsing: condition) { return other.matchesStrongly(tag) }
        guard let date = HTTPDate(parsing: condition), let lastModified else { return false }
        return date.seconds == lastModified
    }

    private static func date(_ name: String, in fields: Fields) -> Int64? {
        fields[name].flatMap(HTTPDate.init(parsing:))?.seconds
    }
}
