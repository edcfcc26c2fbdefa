import Buffers
import Content
import HTTP
import Testing

@testable import KuboRPC

/// What an add keeps for its answer.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct AddOutputTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    /// A head of a part is up to 16 KiB, and what it says is remembered until its entry is reported.
    @Test func whatPartsSayIsCounted() throws {
        let output = AddOutput(try node.invocation("add", hasParts: true))
        var parser = try MultipartParser(boundary: Part.boundary)
        let parts = (0..<2500).map { number in
            Part(
                name: "file?mode=0755",
                filename: "\(number)" + String(repeating: "n", count: 15_000),
                type: "application/x-directory")
        }
        var count = 0
        let error = #expect(throws: ContentError.self) {
            for part in parts {
                parser.feed(Bytes(Part.body([part]).dropLast(Part.boundary.utf8.count + 6)))
                while let event = try parser.next() {
                    guard case .part(let part) = event else { continue }
                    try output.note(UploadedEntry(part))
                    count += 1
                }
            }
        }
        #expect(error?.code == .tooMuchMemory)
        #expect(count > 2000 && count < 2300)
    }
}
