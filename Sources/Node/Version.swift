/// What this program calls itself.
package enum Version {
    /// Holdfast's own version.
    package static let current = "0.1.0"
    /// The Kubo release whose RPC is matched.
    package static let kubo = "0.43.0"
    /// The version of the repository that clients of the RPC are told.
    package static let kuboRepository = "18"
    /// As Go writes it.
    package static let system = "amd64/linux"
    /// The compiler.
    package static let swift = "6.3"
}
