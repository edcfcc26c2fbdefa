/// A decoder did what it must never do: lost something on the way there and back, or gave two
/// answers to the same bytes.
package struct Finding: Error, CustomStringConvertible {
    /// What is wrong, as a sentence.
    package let description: String

    package init(description: String) { self.description = description }

    /// Makes a finding of a condition that does not hold.
    static func unless(
        _ isTrue: Bool, _ sentence: @autoclosure () -> String
    ) throws(Finding) {
        guard isTrue else { throw Finding(description: sentence()) }
    }

    /// Makes a finding of a refusal, where what is read was written by the encoder itself.
    static func ifRefused<Value>(
        _ sentence: String, _ body: () throws -> Value
    ) throws(Finding) -> Value {
        do {
            return try body()
        } catch {
            throw Finding(description: "\(sentence): \(error)")
        }
    }
}
