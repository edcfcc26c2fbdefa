import TestSupport
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct ConfigurationReferenceTests {
    @Test func thePageIsWhatTheProgramSays() throws {
        let text = ConfigurationReference.markdown
        let page = try ReferencePage.text("configuration.md", expecting: text)
        #expect(page == text, "\(ReferencePage.advice)")
    }
}
