import Buffers
import FoundationEssentials

/// One recorded run of `ipfs add`, a case of `Fixtures/kubo-add.json`: what was added with which
/// options, and what Kubo said.
package struct RecordedAdd: Decodable, Sendable, CustomStringConvertible {
    /// What the case is about.
    package let tag: String
    /// The options as they were typed.
    package let flags: [String]
    /// The file or folder. A folder is named `root` where its name matters.
    package let input: RecordedEntry
    /// What Kubo printed; nil where it refused.
    package let cid: String?
    /// The first line of its refusal; nil where there was none.
    package let error: String?

    package var description: String { "\(tag) \(flags) \(input.kind)" }

    /// All cases, in the order of the file.
    package static let all: [RecordedAdd] = {
        struct Recording: Decodable { let cases: [RecordedAdd] }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let data = Data(try Fixture.bytes("kubo-add.json").array)
            return try decoder.decode(Recording.self, from: data).cases
        } catch {
            preconditionFailure("kubo-add.json cannot be read: \(error)")
        }
    }()
}
