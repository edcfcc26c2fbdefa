import Buffers
import Multiformats

/// Where an entry of a TAR stands, below the one name that the archive's tree has.
struct TarPath {
    /// The names with slashes between them; the tree's own is the first.
    let bytes: Bytes

    /// Bytes of the tree's own name, which may have slashes in it. Nothing cuts into them.
    private let rootByteCount: Int

    /// Whether the name of an entry may be a path, which is followed.
    private let takesPaths: Bool

    /// The tree itself.
    ///
    /// - Throws: `.nameTooLong`.
    init(root: Bytes, takesPaths: Bool) throws(ContentError) {
        try self.init(
            bytes: root.compacted(), rootByteCount: root.count, takesPaths: takesPaths)
    }

    private init(bytes: Bytes, rootByteCount: Int, takesPaths: Bool) throws(ContentError) {
        guard bytes.count <= Limits.tarPathBytesMax else { throw Self.tooLong(bytes.count) }
        self.bytes = bytes
        self.rootByteCount = rootByteCount
        self.takesPaths = takesPaths
    }

    private static func tooLong(_ byteCount: Int) -> ContentError {
        ContentError(
            .nameTooLong,
            "a path of \(byteCount) bytes does not fit into an archive for file systems "
                + "(\(Limits.tarPathBytesMax) at most): \(ContentError.archiveAdvice)")
    }

    /// Memory that it takes, roughly.
    var memoryByteCount: Int { Limits.hashedEntryBytes + bytes.count }

    /// Goes on with the name of a link, which may have slashes and dots in it. Names with an empty
    /// part, at an end or in the middle, would come out as other names.
    ///
    /// - Parameters:
    ///   - linkName: the name.
    ///   - folder: the folder that has the link, for errors.
    /// - Throws: `.nameOutsideRoot` when that leads out of the tree, for an empty part, or for a path where
    ///   none is followed; `.nameTaken` when it leads to a folder on the way; `.nameTooLong`.
    func appending(_ linkName: Bytes, in folder: CID) throws(ContentError) -> TarPath {
        guard linkName.count <= Limits.tarPathBytesMax else {
            throw .entry(
                linkName, of: folder, .nameTooLong,
                "does not fit into an archive for file systems (\(linkName.count) bytes)")
        }
        var path = bytes.array
        for part in linkName.split(separator: UInt8(ascii: "/"), keepsEmpty: true) {
            guard !part.isEmpty else {
                throw .entry(
                    linkName, of: folder, .nameOutsideRoot,
                    "cannot be a file: a part of its name is empty")
            }
            guard !part.contains(0) else {
                throw .entry(
                    linkName, of: folder, .nameTooLong,
                    "cannot be a file: there is a NUL in its name, which ends the names of files")
            }
            if part == ContentPath.dot { continue }
            guard part == ContentPath.dotDot else {
                path.append(UInt8(ascii: "/"))
                path.append(contentsOf: part.array)
                continue
            }
            guard path.count > rootByteCount else {
                throw .entry(
                    linkName, of: folder, .nameOutsideRoot, "leads out of the tree that it is in")
            }
            let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? rootByteCount
            path.removeSubrange(slash...)
        }
        guard !isBelow(path) else {
            throw .entry(
                linkName, of: folder, .nameTaken,
                "means a folder that it is in, and no file of its own")
        }
        guard takesPaths || !linkName.contains(UInt8(ascii: "/")) else {
            throw .entry(
                linkName, of: folder, .nameOutsideRoot,
                "is a path: a file or folder of that name cannot be made")
        }
        return try TarPath(
            bytes: Bytes(path), rootByteCount: rootByteCount, takesPaths: takesPaths)
    }

    /// Whether a path is this one, or one that this one goes on from.
    private func isBelow(_ path: [UInt8]) -> Bool {
        bytes.starts(with: Bytes(path))
            && (bytes.count == path.count || bytes[path.count] == UInt8(ascii: "/"))
    }

    /// 128 bits that stand for the path in a set of paths, under the process's random seed.
    var fingerprint: Fingerprint {
        var marks = FingerprintWriter()
        marks.append(bytes)
        return marks.fingerprint
    }

    /// The paths above an entry, at this path, that no folder on the way to it has: only names with slashes
    /// have some.
    ///
    /// - Parameters:
    ///   - linkName: the name of the entry.
    ///   - parent: where the folder stands that has the entry.
    ///   - folder: that folder, for errors.
    /// - Throws: `.tooDeep` for more than `Limits.pathSegmentsMax`.
    func implied(
        by linkName: Bytes, below parent: TarPath, in folder: CID
    ) throws(ContentError) -> [Fingerprint] {
        guard linkName.contains(UInt8(ascii: "/")) else { return [] }
        let shared = zip(bytes.array, parent.bytes.array).prefix { $0 == $1 }.count
        func isOnTheWay(_ byteCount: Int) -> Bool {
            byteCount <= shared
                && (byteCount == parent.bytes.count
                    || parent.bytes[byteCount] == UInt8(ascii: "/"))
        }
        var result: [Fingerprint] = []
        var marks = FingerprintWriter()
        marks.append(bytes.prefix(rootByteCount))
        for part in bytes.dropFirst(rootByteCount + 1).split(separator: UInt8(ascii: "/")) {
            if !isOnTheWay(marks.byteCount) { result.append(marks.fingerprint) }
            guard result.count <= Limits.pathSegmentsMax else {
                throw .entry(
                    linkName, of: folder, .tooDeep,
                    "stands more than \(Limits.pathSegmentsMax) levels deep")
            }
            marks.append(Self.slash)
            marks.append(part)
        }
        return result
    }

    private static let slash: Bytes = "/"

    /// The path for people, as far as a message shows it.
    var quotedText: String { bytes.displayText(upTo: Limits.quotedNameBytesMax) }

    /// Small, because an archive of a million files remembers a million of them.
    struct Fingerprint: Hashable {
        let first: Int
        let second: Int

        /// What stands for it as a folder, beside it in the same set.
        var ofFolder: Fingerprint { Fingerprint(first: first, second: ~second) }
    }

    /// Makes the fingerprints of a path and of those above it in one go.
    private struct FingerprintWriter {
        private var first = Hasher()
        private var second = Hasher()
        private(set) var byteCount = 0

        init() { second.combine(1) }

        mutating func append(_ part: Bytes) {
            byteCount += part.count
            // The same as of the joined bytes: nothing marks where a part ends.
            first.combine(part)
            second.combine(part)
        }

        var fingerprint: Fingerprint {
            let (first, second) = (first, second)
            return Fingerprint(first: first.finalize(), second: second.finalize())
        }
    }
}

extension ContentError {
    /// What to do with a tree that cannot be files.
    static let archiveAdvice = "take it as a CAR, with `holdfast dag export` or `format=car`"

    /// The error for an entry that an archive for file systems has no place for.
    static func entry(
        _ name: Bytes, of folder: CID, _ code: Code, _ fault: String
    ) -> ContentError {
        ContentError(
            code,
            "the entry \"\(name.displayText(upTo: Limits.quotedNameBytesMax))\" of "
                + "\(folder.text()) \(fault): \(archiveAdvice)",
            cid: folder)
    }

    /// The error for two entries of which an archive could hold only one.
    static func pathTaken(_ path: TarPath, by name: Bytes, of folder: CID) -> ContentError {
        .entry(
            name, of: folder, .nameTaken,
            "has the path \"\(path.quotedText)\" of another one, or stands below one that is no "
                + "folder, and an archive for file systems has no room for both")
    }

    /// The error for an entry that is no folder, where another one stands below its path.
    static func folderWanted(at path: TarPath, _ cid: CID) -> ContentError {
        ContentError(
            .nameTaken,
            "\(cid.text()) is no folder, and other entries stand below its path \"\(path.quotedText)\": "
                + archiveAdvice,
            cid: cid)
    }

    /// The error for a symbolic link that no file system can hold.
    static func linkTarget(_ fault: String, of cid: CID) -> ContentError {
        ContentError(
            .nameTooLong,
            "the symbolic link \(cid.text()) cannot be made: \(fault): \(archiveAdvice)", cid: cid)
    }

    /// The error for a tree that no archive is made of.
    static func foldersTooDeep(_ cid: CID) -> ContentError {
        ContentError(
            .tooDeep,
            "the folder \(cid.text()) is nested more than \(Limits.pathSegmentsMax) levels deep: "
                + archiveAdvice,
            cid: cid)
    }
}
