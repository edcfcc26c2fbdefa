/// A way to write bytes as text, marked by the text's first character.
///
/// Those of the multibase table whose encodings the table's test data cover, and `identity`.
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

    /// Finds a base by the first character of a text.
    package init?(prefix: Unicode.Scalar) {
        guard let base = Self.byPrefix[prefix] else { return nil }
        self = base
    }

    /// The character in front of the text; its number is the base's code.
    package var prefix: Unicode.Scalar {
        switch self {
        case .identity: "\0"
        case .base2: "0"
        case .base8: "7"
        case .base10: "9"
        case .base16: "f"
        case .base16upper: "F"
        case .base32: "b"
        case .base32upper: "B"
        case .base32pad: "c"
        case .base32padupper: "C"
        case .base32hex: "v"
        case .base32hexupper: "V"
        case .base32hexpad: "t"
        case .base32hexpadupper: "T"
        case .base32z: "h"
        case .base36: "k"
        case .base36upper: "K"
        case .base58btc: "z"
        case .base58flickr: "Z"
        case .base64: "m"
        case .base64pad: "M"
        case .base64url: "u"
        case .base64urlpad: "U"
        case .base256emoji: "🚀"
        }
    }

    /// Whether encoding and decoding take time quadratic in the length.
    ///
    /// Decoding refuses long texts by itself; outside data is encoded by `encodeOutside`.
    package var isQuadratic: Bool {
        switch coding {
        case .number: true
        default: false
        }
    }

    private static let byPrefix: [Unicode.Scalar: Multibase] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.prefix, $0) })
}
