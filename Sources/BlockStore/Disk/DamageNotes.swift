import Buffers
package import Execution

/// What is known to have been damaged, for whoever runs the node: a line for each finding, in the file
/// `damage` of the repository. They stay until somebody removes the file, so that a restart does not make
/// a node look whole.
package final class DamageNotes: Sendable {
    private let path: String
    private let kept: Locked<[String]>
    /// How often the file was written, for one after the other. Nil where it is there and cannot be read: then
    /// it is not replaced.
    private let writing: Locked<Int>?

    /// Reads what is known. A file that cannot be read is a finding itself.
    ///
    /// - Parameter folder: the repository.
    package init(in folder: String) {
        path = folder + "/damage"
        do throws(FileError) {
            let text = try File.readAll(path, limit: Limits.damageNotesBytesMax).displayText
            kept = Locked(text.split(separator: "\n").map(String.init))
            writing = Locked(0)
        } catch {
            let isAbsent = error.isAbsence
            kept = Locked(isAbsent ? [] : ["the notes of damage cannot be read: \(error)"])
            writing = isAbsent ? Locked(0) : nil
        }
    }

    /// The findings, the oldest first, each with its time.
    package var lines: [String] { kept.withLock { $0 } }

    /// Adds a finding that is not known yet.
    ///
    /// - Parameters:
    ///   - finding: what is damaged or missing, and what to do about it.
    ///   - now: when it was found.
    /// - Throws: where it cannot be kept; it is known until the process ends all the same.
    package func add(_ finding: String, now: WallTime) throws(FileError) {
        let finding = finding.split(whereSeparator: \.isNewline).joined(separator: " ")
        let line = "\(now.rfc3339) \(finding)"
        let isNew: Bool = kept.withLock { lines in
            let isKnown = lines.contains { $0.dropFirst(line.count - finding.count) == finding }
            guard !isKnown, lines.count < Limits.damageNotesMax else { return false }
            lines.append(line)
            return true
        }
        guard isNew, let writing else { return }
        // One at a time, and only those who add wait for the disk.
        try writing.withLock { (count: inout Int) throws(FileError) in
            count += 1
            let text = lines.map { $0 + "\n" }.joined()
            try File.replace(path, with: Bytes(utf8: text).prefix(Limits.damageNotesBytesMax))
        }
    }
}
