import Execution

/// Finds a manifest that is older or shorter than what lies beside it, as of a backup that was copied over a
/// database. LevelDB would delete every table that such a manifest does not name, without a word.
///
/// What a crash leaves behind passes: a new manifest that `CURRENT` does not name yet, a new log without
/// records, logs and manifests that were to be deleted, tables of a compaction.
///
/// - Spec: LevelDB's `db/version_set.cc`, `db/db_impl.cc`;
///   `Docs/decisions/0019-damage-is-told-until-somebody-deals-with-it.md`.
struct ManifestCheck {
    /// Of the database; nobody has it open.
    let path: String
    let manifest: DatabaseManifest
    /// Whether every write is on disk before the next one: else a power cut may take the end of a log that is
    /// not the last one.
    let isSynced: Bool

    /// Looks at the names of the files, and at manifests that were begun later.
    ///
    /// - Returns: what contradicts the manifest; nil if nothing does.
    func contradictionOfFiles() throws(FileError) -> String? {
        let names = try File.names(in: path)
        // A log is on disk before the change that names it, and deleted behind the change after that.
        let log = DatabaseManifest.fileName(ofLog: manifest.logNumber)
        if manifest.logNumber > 0, !names.contains(log) {
            return "\(log), which the manifest names, is gone"
        }
        for name in names {
            guard let own = manifest.number,
                let number = DatabaseManifest.number(ofManifest: name), number > own,
                try wasCurrent(name)
            else { continue }
            return "CURRENT names an older manifest than \(name)"
        }
        return nil
    }

    /// Looks at the numbers that LevelDB gives to its changes, which leave nothing out from the tables to the last
    /// log.
    ///
    /// - Parameter logs: all, the oldest first, none of which is damaged.
    /// - Returns: what contradicts the manifest; nil if nothing does.
    func contradiction(of logs: [DatabaseLogExtent]) -> String? {
        for (log, _) in gaps(in: logs) {
            // Before this one there are tables, which are always synced.
            let isFirst = DatabaseManifest.number(ofLog: log.name) == manifest.logNumber
            guard isSynced || isFirst else { continue }
            return "\(log.name) begins behind the end of what the manifest knows of"
        }
        return nil
    }

    /// The logs whose first change does not follow what comes before them, and what would follow.
    func gaps(in logs: [DatabaseLogExtent]) -> [(log: DatabaseLogExtent, next: UInt64)] {
        var next = manifest.lastSequence &+ 1
        var gaps: [(log: DatabaseLogExtent, next: UInt64)] = []
        for log in logs where log.isRead(by: manifest) {
            if let first = log.firstSequence, first > next { gaps.append((log, next)) }
            next = max(next, log.nextSequence)
        }
        return gaps
    }

    /// LevelDB begins a manifest with all that it knows and one change, and only then has `CURRENT` name it.
    private func wasCurrent(_ name: String) throws(FileError) -> Bool {
        var reader = try DatabaseLogReader("\(path)/\(name)", recordByteCountMin: 0)
        var count = 0
        while count <= Self.editsBeforeCurrent, try reader.next() != nil { count += 1 }
        return count > Self.editsBeforeCurrent
    }

    private static let editsBeforeCurrent = 2
}
