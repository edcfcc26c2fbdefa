import Buffers
import Execution
import Multiformats
import Vault

/// Who the node is.
///
/// A random peer id of the form that libp2p gives Ed25519 keys. There is no private key behind it
/// yet: nothing here signs, and no libp2p runs; clients of the RPC only want an id that does not
/// change and that parses. The key comes with the names.
package struct Identity: Hashable, Sendable {
    /// `12D3Koo…`.
    package let peerID: String

    /// Makes an identity and keeps it.
    ///
    /// - Parameter home: the repository.
    static func make(in home: String) throws(FileError) -> Identity {
        // Identity multihash over the protobuf of a public key: type Ed25519, 32 bytes.
        var writer = ByteWriter()
        writer.append([0x00, 0x24, 0x08, 0x01, 0x12, 0x20])
        writer.append(RandomBytes.make(32))
        let text = Multibase.base58btc.encode(writer.finish()).dropFirst()
        let identity = Identity(peerID: String(text))
        try File.replace(path(in: home), with: Bytes(utf8: identity.peerID + "\n"))
        return identity
    }

    /// The identity of a repository; one that has none gets one.
    static func open(in home: String) throws(FileError) -> Identity {
        guard File.exists(path(in: home)) else { return try make(in: home) }
        let text = try File.readAll(path(in: home), limit: 4_096).utf8Text ?? ""
        return Identity(peerID: String(text.prefix { !$0.isNewline }))
    }

    private static func path(in home: String) -> String { home + "/keys/peer-id" }
}
