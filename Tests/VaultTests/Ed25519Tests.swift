import Buffers
import TestSupport
import Testing
import Vault

@Suite(.timeLimit(.minutes(40)))
struct Ed25519Tests {
    /// RFC 8032, 7.1: tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
        ),
    ])
    func publicKeysAreThoseOfTheRFC(privateKey: String, publicKey: String) throws {
        let made = try #require(Ed25519.publicKey(of: try Bytes(hex: privateKey)))
        #expect(made == (try Bytes(hex: publicKey)))
    }

    @Test func keysAreFreshAndHaveTheirLength() {
        let key = Ed25519.makePrivateKey()
        #expect(key.count == Ed25519.keyByteCount && key != Ed25519.makePrivateKey())
        #expect(Ed25519.publicKey(of: key.dropLast(1)) == nil)
        #expect(Ed25519.publicKey(of: key.appending("x")) == nil)
    }
}
