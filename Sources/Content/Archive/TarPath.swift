import Buffers
import Multiformats

/// Where an entry of a TAR stands, below the one name that the archive's tree has.
struct TarPath {
    /// The name of the tree, and the names below it.
    private let names: [Bytes]

    /// Bytes of all names with slashes between them.
    private let byteCount: Int

    /// The tree itself.
    ///
    /// - Throws: `.nameTooLong`.
    init(root: Bytes) throws(ContentError) { try self.init(names: [root.compacted()]) }

    private init(names: [Bytes]) throws(ContentError) {
        self.names = names
        byteCount = names.reduce(-1) { $0 + $1.count + 1 }
        guard byteCount <= Limits.tarPathBytesMax else {
            throw Self.tooLong(byteCount)
        }
    }

    private static func tooLong(_ byteCount: Int) -> ContentError {
        ContentError(
            .nameTooLong,
            "a path of \(byteCount) bytes does not fit into an archive for file systems "
                + "(\(Limits.tarPathBytesMax) at most): use CAR instead")
    }

    /// How many names there are.
    var depth: Int { names.count }

    /// Memory that it takes, roughly.
    var memoryByteCount: Int { Limits.hashedEntryBytes + byteCount + depth * 32 }

    /// The path with slashes.
    var bytes: Bytes {
        var writer = ByteWriter(capacity: 64)
        for (index, name) in names.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: "/")) }
            writer.append(name)
        }
        return writer.finish()
    }

    /// Goes on with the name of a link, which may have slashes and dots in it. Names with an empty
    /// part, at an end or in the middle, would come out as other names.
    ///
    /// - Throws: `.nameOutsideRoot` when that leads out of the tree, or for an empty part;
    ///   `.nameTooLong`.
    func appending(_ linkName: Bytes) throws(ContentError) -> TarPath {
        guard linkName.count <= Limits.tarPathBytesMax else {
            throw Self.tooLong(linkName.count)
        }
        var names = names
        for part in linkName.array.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard !part.isEmpty else {
                throw ContentError(
                    .nameOutsideRoot,
                    "an entry named \"\(linkName.displayText)\" cannot be a file, use CAR instead")
            }
            if part.elementsEqual(".".utf8) { continue }
            guard part.elementsEqual("..".utf8) else {
                names.append(Bytes(Array(part)))
                continue
            }
            guard names.count > 1 else {
                throw ContentError(
                    .nameOutsideRoot,
                    "relative UnixFS paths outside the root are not allowed, use CAR instead")
            }
            names.removeLast()
        }
        return try TarPath(names: names)
    }

    /// 128 bits that stand for the path in a set of paths, under the process's random seed.
    var fingerprint: Fingerprint {
        let bytes = bytes
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
