/// What this program calls itself.
package enum Version {
    /// Holdfast's own version.
    package static let current = "0.1.0"
    /// The Kubo release whose RPC is matched.
    package static let kubo = "0.43.0"
    /// The version of the repository that clients of the RPC are told.
    package static let kuboRepository = "18"
    /// The machine that it was built for, as Go writes it.
    package static let system = "\(processor)/linux"

    #if arch(arm64)
        private static let processor = "arm64"
    #else
        private static let processor = "amd64"
    #endif
    /// The compiler.
    package static let swift = "6.3"
}
