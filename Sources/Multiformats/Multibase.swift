package import Buffers

/// A way to write bytes as text, marked by the text's first character.
package enum Multibase: String, CaseIterable, Hashable, Sendable {
    case identity
    case base2
    case base8
    case base10
    case base16
    case base16upper
    case base32
    case base32upper
    case base32pad
    case base32padupper
    case base32hex
    case base32hexupper
    case base32hexpad
    case base32hexpadupper
    case base32z
    case base36
    case base36upper
    case base58btc
    case base58flickr
    case base64
    case base64pad
    case base64url
    case base64urlpad
    case base256emoji

    /// The name in the multibase table.
    package var name: String { rawValue }

    /// Finds a base by its name in the multibase table.
    package init?(name: String) { self.init(rawValue: name) }

    /// The character in front of the text.
    package var prefix: Unicode.Scalar {
        fatalError("not built yet")
    }

    /// Writes bytes with the prefix in front.
    package func encode(_ bytes: Bytes) -> String {
        fatalError("not built yet")
    }

    /// Reads a text by its prefix.
    ///
    /// - Throws: `.multibase`; for an unknown prefix in the words of go-multibase.
    package static func decode(
        _ text: String
    ) throws(MultiformatsError) -> (base: Multibase, bytes: Bytes) {
        fatalError("not built yet")
    }
}
