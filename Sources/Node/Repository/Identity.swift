package import Buffers
import Execution
import Multiformats
import Vault

/// Who the node is: the peer id that libp2p makes of an Ed25519 key.
///
/// Nothing here signs yet, and no libp2p runs: clients of the RPC want an id that does not change,
/// that parses, and whose public key is the one that `id` names. Repositories that were made before
/// there was a key keep their id, and have no public key.
package struct Identity: Hashable, Sendable {
    /// `12D3Koo…`.
    package let peerID: String
    /// The public key in its protobuf form; empty where there is no private key.
    package let publicKey: Bytes

    /// The identity that a key pair gives: the identity multihash over the protobuf of the public
    /// key.
    private init(publicKey: Bytes) {
        let message = Self.publicKeyHead.appending(publicKey)
        let hash = Bytes([0x00, UInt8(message.count)]).appending(message)
        peerID = Multibase.base58btc.encodeWithoutPrefix(hash)
        self.publicKey = message
    }

    private init(peerID: String) {
        self.peerID = peerID
        publicKey = .empty
    }

    /// Makes an identity and keeps it.
    ///
    /// - Parameter home: the repository.
    static func make(in home: String) throws(FileError) -> Identity {
        let privateKey = Ed25519.makePrivateKey()
        guard let publicKey = Ed25519.publicKey(of: privateKey) else {
            preconditionFailure("a private key that was made here has the right length")
        }
        let identity = Identity(publicKey: publicKey)
        let message = [privateKeyHead, privateKey, publicKey].joined(separator: .empty)
        // The key first: it is what the id is made of.
        try File.make(keyPath(in: home), with: message)
        try File.make(path(in: home), with: Bytes(utf8: identity.peerID + "\n"))
        return identity
    }

    /// The identity of a repository; one that has none gets one.
    ///
    /// - Parameters:
    ///   - home: the repository.
    ///   - onNew: is told of one that was made.
    /// - Throws: EINVAL for a file of a key that is none; EIO and the like when the system does not
    ///   tell whether there is a key; a message for an id that is none. A key or an id that is there is
    ///   never replaced.
    static func open(in home: String, onNew: (Identity) -> Void = { _ in }) throws -> Identity {
        if try File.exists(keyPath(in: home)) {
            let message = try Repository.contents(keyPath(in: home))
            let keys = message.dropFirst(privateKeyHead.count)
            let privateKey = keys.prefix(Ed25519.keyByteCount)
            guard message.starts(with: privateKeyHead),
                let publicKey = Ed25519.publicKey(of: privateKey),
                keys.dropFirst(privateKey.count) == publicKey
            else {
                throw FileError(
                    operation: "read", path: keyPath(in: home), number: FileError.damaged)
            }
            return Identity(publicKey: publicKey)
        }
        guard try File.exists(path(in: home)) else {
            let identity = try make(in: home)
            onNew(identity)
            return identity
        }
        let text = try Repository.contents(path(in: home))
        let peerID = text.split(separator: UInt8(ascii: "\n")).first?.utf8Text ?? ""
        guard isPeerID(peerID) else {
            throw RepositoryError(
                .damaged,
                "\(path(in: home)) should hold a peer id such as 12D3Koo…: put back the one that it "
                    + "had, or remove the file, and the node gets a new one")
        }
        return Identity(peerID: peerID)
    }

    /// Whether a text is a multihash in base58btc: only that names a peer.
    private static func isPeerID(_ text: String) -> Bool {
        guard !text.isEmpty, let decoded = try? Multibase.decode("z" + text) else { return false }
        return (try? Multihash(bytes: decoded.bytes)) != nil
    }

    /// Protobuf of a public key: type 1 (Ed25519), 32 bytes.
    private static let publicKeyHead: Bytes = [0x08, 0x01, 0x12, 0x20]
    /// Protobuf of a private key as libp2p keeps it: the private key and the public one, 64 bytes.
    private static let privateKeyHead: Bytes = [0x08, 0x01, 0x12, 0x40]

    private static func path(in home: String) -> String { home + "/keys/peer-id" }
    private static func keyPath(in home: String) -> String { home + "/keys/private-key" }
}
