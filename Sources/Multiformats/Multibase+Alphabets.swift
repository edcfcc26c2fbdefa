extension Multibase {
    /// The four ways in which bases work.
    enum Coding {
        case plain
        case bits(BitAlphabet)
        case number(NumberAlphabet)
        case emoji
    }

    /// How this base works. A table.
    var coding: Coding {
        switch self {
        case .identity: .plain
        case .base2: .bits(Self.binary)
        case .base8: .bits(Self.octal)
        case .base10: .number(Self.decimal)
        case .base16: .bits(Self.hexadecimal)
        case .base16upper: .bits(Self.hexadecimalUpper)
        case .base32: .bits(Self.rfc32)
        case .base32upper: .bits(Self.rfc32Upper)
        case .base32pad: .bits(Self.rfc32Padded)
        case .base32padupper: .bits(Self.rfc32UpperPadded)
        case .base32hex: .bits(Self.hex32)
        case .base32hexupper: .bits(Self.hex32Upper)
        case .base32hexpad: .bits(Self.hex32Padded)
        case .base32hexpadupper: .bits(Self.hex32UpperPadded)
        case .base32z: .bits(Self.zooko32)
        case .base36: .number(Self.alphanumeric)
        case .base36upper: .number(Self.alphanumericUpper)
        case .base58btc: .number(Self.bitcoin)
        case .base58flickr: .number(Self.flickr)
        case .base64: .bits(Self.rfc64)
        case .base64pad: .bits(Self.rfc64Padded)
        case .base64url: .bits(Self.url64)
        case .base64urlpad: .bits(Self.url64Padded)
        case .base256emoji: .emoji
        }
    }

    private static let digits = "0123456789"
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    private static let binary = BitAlphabet("01")
    private static let octal = BitAlphabet("01234567")
    private static let decimal = NumberAlphabet(digits, name: "base10")
    private static let hexadecimal = BitAlphabet("0123456789abcdef", ignoresCase: true)
    private static let hexadecimalUpper = BitAlphabet("0123456789ABCDEF", ignoresCase: true)

    private static let rfc32 = BitAlphabet(lower + "234567", ignoresCase: true)
    private static let rfc32Upper = BitAlphabet(upper + "234567", ignoresCase: true)
    private static let rfc32Padded = BitAlphabet(lower + "234567", ignoresCase: true, padsTo: 8)
    private static let rfc32UpperPadded = BitAlphabet(
        upper + "234567", ignoresCase: true, padsTo: 8)
    private static let hex32 = BitAlphabet(digits + lower.prefix(22), ignoresCase: true)
    private static let hex32Upper = BitAlphabet(digits + upper.prefix(22), ignoresCase: true)
    private static let hex32Padded = BitAlphabet(
        digits + lower.prefix(22), ignoresCase: true, padsTo: 8)
    private static let hex32UpperPadded = BitAlphabet(
        digits + upper.prefix(22), ignoresCase: true, padsTo: 8)
    private static let zooko32 = BitAlphabet("ybndrfg8ejkmcpqxot1uwisza345h769")

    private static let alphanumeric = NumberAlphabet(
        digits + lower, name: "base36", ignoresCase: true)
    private static let alphanumericUpper = NumberAlphabet(
        digits + upper, name: "base36", ignoresCase: true)
    private static let bitcoin = NumberAlphabet(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", name: "base58")
    private static let flickr = NumberAlphabet(
        "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", name: "base58")

    private static let rfc64 = BitAlphabet(upper + lower + digits + "+/")
    private static let rfc64Padded = BitAlphabet(upper + lower + digits + "+/", padsTo: 4)
    private static let url64 = BitAlphabet(upper + lower + digits + "-_")
    private static let url64Padded = BitAlphabet(upper + lower + digits + "-_", padsTo: 4)
}
