/// A text is not JSON.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What should have stood there.
    package let message: String
    /// Counted from 1.
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int

    package var description: String { "line \(line), column \(column): \(message)" }
}
