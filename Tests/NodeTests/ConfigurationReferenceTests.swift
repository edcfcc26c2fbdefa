import Testing

@testable import Node

@Suite(.timeLimit(.minutes(20)))
struct ConfigurationReferenceTests {
    @Test func thePageIsWhatTheProgramSays() throws {
        try ReferencePage.compare("configuration.md", with: ConfigurationReference.markdown)
    }
}
