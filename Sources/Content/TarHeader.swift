package import Buffers
package import UnixFS

/// One entry of a TAR as its header blocks: ustar where that is enough, a PAX header before it where
/// it is not.
///
/// - Spec: POSIX.1-2001, pax; what Go's `archive/tar` writes.
package struct TarHeader: Sendable {
    /// What the entry is.
    package enum Kind: Sendable, Hashable {
        /// A file with that many bytes after the header.
        case file(byteCount: UInt64)
        /// A folder; its name gets a slash at the end.
        case folder
        /// A symlink and where it points.
        case symlink(target: Bytes)
    }

    /// Path in the archive, without a slash at its end.
    package let name: Bytes
    /// What the entry is.
    package let kind: Kind
    /// Permission bits.
    package let mode: UInt32
    /// Time of the last change; without one it is 1970-01-01.
    package let mtime: ModificationTime?
    /// Whether a time of 1970-01-01 is told from none, which takes a PAX header.
    package let marksZeroTime: Bool

    /// Describes an entry.
    ///
    /// - Parameters:
    ///   - name: path in the archive.
    ///   - kind: what it is.
    ///   - mode: nil for 0644, folders 0755, symlinks 0777.
    ///   - mtime: nil for 1970-01-01, so that the same content gives the same archive.
    ///   - marksZeroTime: whether a time of 1970-01-01 is told from none.
    package init(
        name: Bytes, kind: Kind, mode: UInt32? = nil,
        mtime: ModificationTime? = nil, marksZeroTime: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.mode = mode.map { $0 & UnixFSMetadata.modeMask } ?? kind.usualMode
        self.mtime = mtime
        self.marksZeroTime = marksZeroTime
    }

    /// The size of a block of the format.
    package static let blockByteCount = 512

    /// The two blocks of zeros that end an archive.
    package static let end = zeros(2 * blockByteCount)

    /// The zeros that fill the last block of a file.
    ///
    /// - Parameter byteCount: the file's length.
    /// - Returns: 0 to 511 bytes.
    package static func padding(after byteCount: UInt64) -> Bytes {
        let rest = Int(byteCount % UInt64(blockByteCount))
        return rest == 0 ? .empty : zeros(blockByteCount - rest)
    }

    /// The header blocks.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 3 * Self.blockByteCount)
        let records = paxRecords()
        if !records.isEmpty {
            let paxName = Bytes(utf8: "PaxHeaders.0/" + shortName)
            writer.append(
                UstarBlock(name: paxName, type: "x", byteCount: UInt64(records.count)).encode())
            writer.append(records)
            writer.append(Self.padding(after: UInt64(records.count)))
        }
        writer.append(ustar.encode())
        return writer.finish()
    }

    private var seconds: Int64 { mtime?.seconds ?? 0 }

    private var nanoseconds: UInt32 { mtime?.nanoseconds ?? 0 }

    private var storedName: Bytes {
        guard kind == .folder else { return name }
        var writer = ByteWriter(capacity: name.count + 1)
        writer.append(name)
        writer.append(UInt8(ascii: "/"))
        return writer.finish()
    }

    private var ustar: UstarBlock {
        UstarBlock(
            name: storedName, type: kind.typeFlag, byteCount: kind.byteCount, mode: mode,
            seconds: seconds, target: kind.target)
    }

    /// The last element of the name in ASCII, for the name of the PAX header, which nobody reads.
    private var shortName: String {
        let last = name.array.split(separator: UInt8(ascii: "/")).last ?? []
        return String(decoding: last.filter { $0 >= 0x20 && $0 < 0x7f }.prefix(80), as: UTF8.self)
    }

    private func paxRecords() -> Bytes {
        var writer = ByteWriter()
        if !UstarBlock.holds(name: storedName) { Self.append("path", storedName, to: &writer) }
        if !UstarBlock.holds(target: kind.target) {
            Self.append("linkpath", kind.target, to: &writer)
        }
        if kind.byteCount > UstarBlock.byteCountMax {
            Self.append("size", Bytes(utf8: String(kind.byteCount)), to: &writer)
        }
        let isMarked = marksZeroTime && mtime != nil && seconds == 0
        if isMarked || nanoseconds != 0 || seconds < 0 || seconds > UstarBlock.secondsMax {
            Self.append("mtime", Bytes(utf8: mtimeText), to: &writer)
        }
        return writer.finish()
    }

    /// The time as a decimal number; a negative one counts back from its whole second.
    private var mtimeText: String {
        guard nanoseconds != 0 else { return String(seconds) }
        let isNegative = seconds < 0
        let whole = isNegative ? -(seconds + 1) : seconds
        let fraction = isNegative ? 1_000_000_000 - nanoseconds : nanoseconds
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return (isNegative ? "-" : "") + "\(whole).\(digits)"
    }

    /// Appends `<length> <key>=<value>\n`, where the length counts its own digits too.
    private static func append(_ key: String, _ value: Bytes, to writer: inout ByteWriter) {
        let rest = key.utf8.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        writer.append(utf8: "\(length) \(key)=")
        writer.append(value)
        writer.append(UInt8(ascii: "\n"))
    }

    private static func zeros(_ count: Int) -> Bytes { Bytes([UInt8](repeating: 0, count: count)) }
}

extension TarHeader.Kind {
    var usualMode: UInt32 {
        switch self {
        case .file: 0o644
        case .folder: 0o755
        case .symlink: 0o777
        }
    }

    var typeFlag: Character {
        switch self {
        case .file: "0"
        case .folder: "5"
        case .symlink: "2"
        }
    }

    var byteCount: UInt64 {
        if case .file(let byteCount) = self { return byteCount }
        return 0
    }

    var target: Bytes {
        if case .symlink(let target) = self { return target }
        return .empty
    }
}
