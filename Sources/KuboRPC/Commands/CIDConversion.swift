import Buffers
import Multiformats

/// What `cid format` makes of a CID.
struct CIDConversion {
    enum Failure: Error {
        /// The format cannot be used for any CID.
        case format(String)
        /// This CID cannot be read or converted.
        case cid(String)
    }

    private let format: [Unicode.Scalar]
    private let version: CID.Version?
    private let codec: Multicodec?
    private let base: Multibase?

    /// Checks the options; empty texts are options that were not given.
    init(format: String, version: String, codec: String, base: String) throws(RPCError) {
        guard format.utf8.contains(UInt8(ascii: "%")) else {
            throw .failed("invalid format string: \(quoted(format))")
        }
        guard format.utf8.count <= Limits.cidFormatBytesMax else {
            throw .failed("the format is longer than \(Limits.cidFormatBytesMax) bytes")
        }
        // By code points: a mark that combines with a letter does not change what it stands for.
        self.format = Array(format.unicodeScalars)
        self.codec = codec.isEmpty ? nil : try CodecNames.codec(named: codec)
        self.base = base.isEmpty ? nil : try Multibase.named(base)
        switch version {
        case "": self.version = base.isEmpty ? nil : .v1
        case "1": self.version = .v1
        case "0":
            guard self.codec == nil || self.codec == .dagPB else {
                throw .failed("cannot convert to CIDv0 with any codec other than dag-pb")
            }
            guard base.isEmpty || base == "base58btc" else {
                throw .failed(
                    "cannot convert to CIDv0 with any multibase other than the implicit base58btc")
            }
            self.version = .v0
        default: throw .failed("invalid cid version: \(quoted(version))")
        }
    }

    /// Converts one CID.
    ///
    /// - Parameter text: a CID.
    /// - Returns: the text that the format describes.
    func convert(_ text: String) throws(Failure) -> String {
        var cid: CID
        do {
            cid = try CID(parsing: text)
        } catch {
            throw .cid("invalid cid: \(error.message)")
        }
        let ownBase = text.unicodeScalars.first.flatMap { letter in
            Multibase.allCases.first { $0.prefix == letter }
        }
        if let codec, codec != cid.codec { cid = .v1(codec, cid.multihash) }
        if version == .v0, cid.codec != .dagPB {
            throw .cid("can't convert non-dag-pb nodes to cidv0")
        }
        if version == .v0 {
            guard let old = cid.asV0 else {
                throw .cid("can't convert to cidv0: its hash is not sha2-256 of 32 bytes")
            }
            cid = old
        }
        if version == .v1 { cid = cid.asV1 }
        return try write(cid, in: base ?? (cid.version == .v0 ? .base58btc : ownBase ?? .base32))
    }

    private func write(_ cid: CID, in base: Multibase) throws(Failure) -> String {
        var shown = ""
        var rest = format[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                shown.unicodeScalars.append(scalar)
                continue
            }
            guard let token = rest.popFirst() else {
                throw .format("premature end of format string")
            }
            shown += try part(token, of: cid, in: base)
            guard shown.utf8.count <= Limits.cidFormattedBytesMax else {
                throw .cid(
                    "the text has more than \(Limits.cidFormattedBytesMax) bytes: use a shorter format"
                )
            }
        }
        return shown
    }

    private func part(
        _ token: Unicode.Scalar, of cid: CID, in base: Multibase
    ) throws(Failure) -> String {
        let multihash = cid.multihash
        switch token {
        case "%": return "%"
        case "b": return base.name
        case "B": return String(base.prefix)
        case "v": return "cidv\(cid.version == .v0 ? 0 : 1)"
        case "V": return cid.version == .v0 ? "0" : "1"
        case "c": return CodecNames.name(of: cid.codec)
        case "C": return String(cid.codec.rawValue)
        case "h": return CodecNames.name(of: multihash.code)
        case "H": return String(multihash.code.rawValue)
        case "L": return String(multihash.digestCount)
        case "m": return base.encode(multihash.bytes)
        case "M": return CIDConversion.bare(multihash.bytes, base)
        case "d": return base.encode(multihash.digest)
        case "D": return CIDConversion.bare(multihash.digest, base)
        case "s": return cid.version == .v0 ? cid.text() : cid.text(in: base)
        case "S": return CIDConversion.bare(cid.bytes, base)
        case "P":
            return "cidv\(cid.version == .v0 ? 0 : 1)-\(CodecNames.name(of: cid.codec))"
                + "-\(CodecNames.name(of: multihash.code))-\(multihash.digestCount)"
        default: throw .format("unrecognized specifier in format string: %\(token)")
        }
    }

    private static func bare(_ bytes: Bytes, _ base: Multibase) -> String {
        String(base.encode(bytes).unicodeScalars.dropFirst())
    }
}
