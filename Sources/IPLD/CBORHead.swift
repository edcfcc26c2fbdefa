import Buffers

/// The start of every CBOR item: a major type and a number.
///
/// - Spec: RFC 8949, section 3.
struct CBORHead {
    /// The eight major types.
    enum Major: UInt8 {
        case unsigned = 0
        case negative, bytes, text, list, map, tag, simple
    }

    let major: Major
    /// The low five bits: the number itself, or how long it is.
    let info: UInt8
    let number: UInt64

    init(_ major: Major, _ number: UInt64) {
        self.major = major
        self.number = number
        info =
            switch number {
            case 0..<24: UInt8(number)
            case 24..<0x100: 24
            case 0x100..<0x1_0000: 25
            case 0x1_0000..<0x1_0000_0000: 26
            default: 27
            }
    }

    /// Reads a head.
    ///
    /// - Throws: `.malformed` for the indefinite lengths, for reserved ones and at the end.
    init(reading reader: inout ByteReader) throws(IPLDError) {
        do {
            let first = try reader.readByte()
            major = Major(rawValue: first >> 5) ?? .simple
            info = first & 0x1f
            switch info {
            case 0..<24: number = UInt64(info)
            case 24: number = UInt64(try reader.readByte())
            case 25: number = UInt64(try reader.readBigEndian(UInt16.self))
            case 26: number = UInt64(try reader.readBigEndian(UInt32.self))
            case 27: number = try reader.readBigEndian(UInt64.self)
            default: throw IPLDError.cbor("indefinite lengths are not supported")
            }
        } catch let error as IPLDError {
            throw error
        } catch {
            throw .cborCutOff
        }
    }

    /// Whether the number could not be written in fewer bytes.
    var isShortest: Bool { CBORHead(major, number).info == info }

    /// Bytes that `write` appends.
    var byteCount: Int { info < 24 ? 1 : 1 + 1 << (Int(info) - 24) }

    /// Appends the head.
    func write(to writer: inout ByteWriter) {
        writer.append(major.rawValue << 5 | info)
        switch info {
        case 24: writer.append(UInt8(truncatingIfNeeded: number))
        case 25: writer.appendBigEndian(UInt16(truncatingIfNeeded: number))
        case 26: writer.appendBigEndian(UInt32(truncatingIfNeeded: number))
        case 27: writer.appendBigEndian(number)
        default: break
        }
    }
}

extension IPLDError {
    static func cbor(_ cause: String) -> IPLDError { IPLDError(.malformed, "cbor: \(cause)") }
    static let cborCutOff = cbor("unexpected EOF")
    static let tooDeep = IPLDError(
        .tooDeep, "values are nested deeper than \(Limits.depthMax) levels")
}
