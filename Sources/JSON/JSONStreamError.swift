/// What arrives is not JSON between its values, or too long where it is read whole.
package struct JSONStreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let description: String

    init(_ description: String) { self.description = description }
}
