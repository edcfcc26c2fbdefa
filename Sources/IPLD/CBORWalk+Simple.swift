/// Major type 7: floats of three widths, and the words.
extension CBORWalk {
    static func simple(_ head: CBORHead, _ rules: Rules) throws(IPLDError) -> IPLDEvent {
        let value: Double
        switch head.info {
        case 27: value = Double(bitPattern: head.number)
        case 26 where !rules.isCanonical:
            value = Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.number)))
        case 25 where !rules.isCanonical:
            value = half(UInt16(truncatingIfNeeded: head.number))
        case 25, 26: throw .cbor("a float has fewer than 64 bits")
        case 24: throw .cbor("simple value \(head.number) is not supported")
        default: return try word(head.number)
        }
        guard value.isFinite else { throw .cbor("NaN and infinity are not supported") }
        return .float(value)
    }

    private static func word(_ number: UInt64) throws(IPLDError) -> IPLDEvent {
        switch number {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        default: throw .cbor("simple value \(number) is not supported")
        }
    }

    /// A float of 16 bits; Swift's own `Float16` is not available on every processor.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10) & 0x1f
        let fraction = Double(bits & 0x3ff) / 1024
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-14
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits & 0x8000 == 0 ? size : -size
    }
}
