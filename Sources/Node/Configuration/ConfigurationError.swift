/// The configuration says something that makes no sense. The message names the key, the value, what
/// is allowed, and the nearest known key.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole message.
    package let description: String

    init(_ description: String) { self.description = description }
}
