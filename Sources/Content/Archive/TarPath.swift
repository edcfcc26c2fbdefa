import Buffers
import Multiformats

/// Where an entry of a TAR stands, below the one name that the archive's tree has.
struct TarPath {
    /// The names with slashes between them; the tree's own is the first.
    let bytes: Bytes

    /// Bytes of the tree's own name, which may have slashes in it. Nothing cuts into them.
    private let rootByteCount: Int

    /// The tree itself.
    ///
    /// - Throws: `.nameTooLong`.
    init(root: Bytes) throws(ContentError) {
        try self.init(bytes: root.compacted(), rootByteCount: root.count)
    }

    private init(bytes: Bytes, rootByteCount: Int) throws(ContentError) {
        guard bytes.count <= Limits.tarPathBytesMax else { throw Self.tooLong(bytes.count) }
        self.bytes = bytes
        self.rootByteCount = rootByteCount
    }

    private static func tooLong(_ byteCount: Int) -> ContentError {
        ContentError(
            .nameTooLong,
            "a path of \(byteCount) bytes does not fit into an archive for file systems "
                + "(\(Limits.tarPathBytesMax) at most): use CAR instead")
    }

    /// Memory that it takes, roughly.
    var memoryByteCount: Int { Limits.hashedEntryBytes + bytes.count }

    /// Goes on with the name of a link, which may have slashes and dots in it. Names with an empty
    /// part, at an end or in the middle, would come out as other names.
    ///
    /// - Throws: `.nameOutsideRoot` when that leads out of the tree, or for an empty part;
    ///   `.nameTooLong`.
    func appending(_ linkName: Bytes) throws(ContentError) -> TarPath {
        guard linkName.count <= Limits.tarPathBytesMax else {
            throw Self.tooLong(linkName.count)
        }
        var path = bytes.array
        for part in linkName.split(separator: UInt8(ascii: "/"), keepsEmpty: true) {
            guard !part.isEmpty else {
                throw ContentError(
                    .nameOutsideRoot,
                    "an entry named \"\(linkName.displayText)\" cannot be a file, use CAR instead")
            }
            if part == Self.dot { continue }
            guard part == Self.dotDot else {
                path.append(UInt8(ascii: "/"))
                path.append(contentsOf: part.array)
                continue
            }
            guard path.count > rootByteCount else {
                throw ContentError(
                    .nameOutsideRoot,
                    "relative UnixFS paths outside the root are not allowed, use CAR instead")
            }
            let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? rootByteCount
            path.removeSubrange(slash...)
        }
        return try TarPath(bytes: Bytes(path), rootByteCount: rootByteCount)
    }

    private static let dot = Bytes(utf8: ".")
    private static let dotDot = Bytes(utf8: "..")

    /// 128 bits that stand for the path in a set of paths, under the process's random seed.
    var fingerprint: Fingerprint {
        var other = Hasher()
        other.combine(1)
        other.combine(bytes)
        return Fingerprint(first: bytes.hashValue, second: other.finalize())
    }

    /// The path for people.
    var displayText: String { bytes.displayText }

    /// Small, because an archive of a million files remembers a million of them.
    struct Fingerprint: Hashable {
        let first: Int
        let second: Int
    }
}

extension ContentError {
    /// The error for two entries of which an archive could hold only one.
    static func pathTaken(_ path: TarPath) -> ContentError {
        ContentError(
            .nameTaken,
            "two entries have the path \"\(path.displayText)\", and an archive for file systems has "
                + "room for one: use CAR instead")
    }

    /// The error for a tree that no archive is made of.
    static func foldersTooDeep(_ cid: CID) -> ContentError {
        ContentError(
            .tooDeep,
            "folders are nested more than \(Limits.pathSegmentsMax) levels deep: use CAR instead",
            cid: cid)
    }
}
