import Buffers
import Multiformats

/// The paths that an archive has, as fingerprints, and which of them are folders: an entry of its own, or
/// because another one stands below it.
///
/// Whoever unpacks an archive writes through what is above an entry. So that has to be a folder: a
/// symbolic link there would lead out of the tree.
struct TarPaths {
    private var marks: Set<TarPath.Fingerprint> = []

    /// Adds the path of an entry, and accounts for it.
    ///
    /// - Parameters:
    ///   - path: where the entry stands.
    ///   - name: of the entry.
    ///   - parent: where the folder stands that has it.
    ///   - folder: that folder.
    ///   - state: what the paths are accounted in.
    /// - Throws: `.nameTaken` where it is there already, or something above it is no folder; `.tooDeep`; as
    ///   `StateShare.take(_:)`.
    mutating func insert(
        _ path: TarPath, of name: Bytes, below parent: TarPath, in folder: CID,
        countedIn state: StateShare
    ) throws(ContentError) {
        let implied = try path.implied(by: name, below: parent, in: folder)
        let before = marks.count
        guard insert(path, below: implied) else {
            throw .pathTaken(path, by: name, of: folder)
        }
        try state.take((marks.count - before) * Limits.hashedFingerprintBytes)
    }

    /// Adds the path of the tree itself, or of an entry.
    ///
    /// - Parameter implied: the paths above it that have no entry on the way to it.
    /// - Returns: false where it is there already, or one of those above is no folder.
    mutating func insert(_ path: TarPath, below implied: [TarPath.Fingerprint]) -> Bool {
        guard marks.insert(path.fingerprint).inserted else { return false }
        for folder in implied {
            guard !marks.contains(folder) || marks.contains(folder.ofFolder) else { return false }
            marks.insert(folder.ofFolder)
        }
        return true
    }

    /// Notes that what stands at a path is a folder.
    mutating func noteFolder(_ path: TarPath) { marks.insert(path.fingerprint.ofFolder) }

    /// Whether there has to be a folder at a path.
    func isFolder(_ path: TarPath) -> Bool { marks.contains(path.fingerprint.ofFolder) }
}
