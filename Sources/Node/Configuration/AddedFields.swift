import Buffers
import HTTP
import JSON

/// Header fields that the configuration adds to answers, checked before the node starts.
///
/// What cannot be sent would be left out of every answer, and nobody misses a field that they have
/// asked for: a `Content-Security-Policy` with a line break would protect nobody.
struct AddedFields {
    /// A field cannot be sent; says which, and why.
    struct Refusal: Error, CustomStringConvertible {
        let description: String

        init(_ name: String, _ reason: String) {
            description = "the field \(JSONText.quoted(name)) \(reason)"
        }
    }

    /// Values by name, with the spelling of the configuration.
    private(set) var pairs: [String: String] = [:]
    /// Names are compared without regard to case.
    private var names: Set<String> = []

    /// Takes one field in.
    mutating func add(_ name: String, _ value: String) throws(Refusal) {
        guard name.isToken else {
            throw Refusal(
                name, "has a name that is none: letters, digits and !#$%&'*+-.^_`|~ make one")
        }
        let key = name.lowercased()
        guard !Self.ownNames.contains(key) else {
            throw Refusal(name, "is written by the node itself: leave it out")
        }
        guard value.isFieldValue else {
            throw Refusal(
                name, "has a line break, a tab or another control character: write it in one line")
        }
        guard !value.trimmingBlanks.isEmpty else {
            throw Refusal(name, "has no value: an empty field is not sent")
        }
        guard names.insert(key).inserted else {
            throw Refusal(name, "stands there twice: capital and small letters are the same")
        }
        pairs[name] = value
    }

    /// Where a body ends and what holds for one connection only (RFC 9110, 7.6.1), and the time.
    private static let ownNames: Set = [
        "connection", "content-length", "date", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]
}
