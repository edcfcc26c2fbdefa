/// Why a listener could not start.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    /// What was in the way.
    package enum Code: Sendable {
        /// Another process has the port or the socket file.
        case addressInUse
        /// The address is not one of this machine's, or no address at all.
        case badAddress
        /// The system does not let this user have the address.
        case permissionDenied
        /// Something else that the system says no to.
        case system
    }

    /// What was in the way.
    package let code: Code

    /// What to do about it.
    package let message: String

    package var description: String { message }
}
