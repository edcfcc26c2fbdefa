import COpenSSL

/// The part of OpenSSL that this process uses: a library context of its own, with the default provider.
///
/// The context that functions without one work in is made as the environment says
/// (`OPENSSL_CONF`, openssl.cnf): where that activates other providers only, it has no digests and no
/// random bytes. Which blocks a node can check must not depend on that. libcurl stays with the other
/// one, whose settings are made for TLS.
///
/// `@unchecked Sendable` because OpenSSL guards a context by locks of its own, and this object keeps it
/// until the process ends.
@safe
final class OpenSSLLibrary: @unchecked Sendable {
    /// The context to fetch from.
    let context: OpaquePointer

    private init() {
        guard let context = unsafe OSSL_LIB_CTX_new() else {
            preconditionFailure("no memory is left for OpenSSL")
        }
        // It is a part of the library: no file is looked for.
        guard unsafe OSSL_PROVIDER_load(context, "default") != nil else {
            preconditionFailure("no memory is left for the default provider of OpenSSL")
        }
        unsafe self.context = unsafe context
    }

    static let own = OpenSSLLibrary()

    /// A strength of 0 is the one of the generator: 256 bits.
    static let strength: UInt32 = 0
}
