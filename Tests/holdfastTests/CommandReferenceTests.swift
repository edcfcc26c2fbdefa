import TestSupport
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct CommandReferenceTests {
    @Test func thePageIsWhatTheProgramSays() throws {
        let text = CommandReference(tree: .program).markdown
        let page = try ReferencePage.text("commands.md", expecting: text)
        #expect(page == text, "\(ReferencePage.advice)")
    }
}
