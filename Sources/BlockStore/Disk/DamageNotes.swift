import Buffers
package import Execution

/// What is known to have been damaged, for whoever runs the node: a line for each finding, in the file
/// `damage` of the repository. They stay until somebody removes the file, so that a restart does not make
/// a node look whole.
package final class DamageNotes: Sendable {
    private let path: String
    private let kept: Locked<[String]>

    /// Reads what is known.
    ///
    /// - Parameter folder: the repository.
    package init(in folder: String) {
        path = folder + "/damage"
        let text = (try? File.readAll(path, limit: Limits.damageNotesBytesMax))?.utf8Text ?? ""
        kept = Locked(text.split(separator: "\n").map(String.init))
    }

    /// The findings, the oldest first, each with its time.
    package var lines: [String] { kept.withLock { $0 } }

    /// Adds a finding that is not known yet.
    ///
    /// - Parameters:
    ///   - finding: what is damaged or missing, and what to do about it; one line.
    ///   - now: when it was found.
    /// - Throws: where it cannot be kept; it is known until the process ends all the same.
    package func add(_ finding: String, now: WallTime) throws(FileError) {
        let line = "\(now.rfc3339) \(finding)"
        let lines: [String]? = kept.withLock { lines in
            let isKnown = lines.contains { $0.dropFirst(line.count - finding.count) == finding }
            guard !isKnown, lines.count < Limits.damageNotesMax else { return nil }
            lines.append(line)
            return lines
        }
        guard let lines else { return }
        let text = lines.map { $0 + "\n" }.joined()
        try File.replace(path, with: Bytes(utf8: text).prefix(Limits.damageNotesBytesMax))
    }
}
