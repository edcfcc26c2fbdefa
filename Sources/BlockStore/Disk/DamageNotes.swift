import Buffers
package import Execution

/// What is known to have been damaged, for whoever runs the node: a line for each finding, in the file
/// `damage` of the repository. They stay until somebody removes the file, so that a restart does not make
/// a node look whole.
package final class DamageNotes: Sendable {
    private struct Known {
        var lines: [String] = []
        /// Findings beyond the limit, which are told once, and again when they are too many.
        var others: Set<String> = []
        /// How many of the lines the file has: once somebody has removed it they are dealt with.
        var keptCount = 0
        /// Whether there was such a file.
        var isOnDisk = false
        /// Why the file, which is there, could not be read: it is not replaced then.
        var unreadable: FileError?
        /// Findings on their way to the file.
        var waitingCount = 0
    }

    private let path: String
    private let known: Locked<Known>
    /// How often the file was written, for one after the other: only those who add wait for the disk.
    private let writing = Locked(0)

    /// Reads what is known. A file that cannot be read is a finding itself.
    ///
    /// - Parameter folder: the repository.
    package init(in folder: String) {
        path = folder + "/damage"
        var known = Known()
        do throws(FileError) {
            let text = try File.readAll(path, limit: Limits.damageNotesBytesMax).displayText
            known.lines = text.split(separator: "\n").map(String.init)
            (known.isOnDisk, known.keptCount) = (true, known.lines.count)
        } catch {
            if !error.isAbsence {
                known.lines = ["the notes of damage cannot be read: \(error)"]
                (known.isOnDisk, known.keptCount, known.unreadable) = (true, 1, error)
            }
        }
        self.known = Locked(known)
    }

    /// The findings, the oldest first, each with its time; none once the file was removed.
    package var lines: [String] {
        forgetRemoved()
        return known.withLock { $0.lines }
    }

    private func forgetRemoved() {
        guard known.withLock({ $0.isOnDisk }), (try? File.exists(path)) == false else { return }
        known.withLock { known in
            guard known.waitingCount == 0 else { return }
            let dealtWith = known.unreadable == nil ? known.keptCount : known.lines.count
            let unkept = known.lines.dropFirst(dealtWith)
            known = Known(lines: Array(unkept))
        }
    }

    /// Adds a finding that is not known yet; `save` keeps it.
    ///
    /// - Parameters:
    ///   - finding: what is damaged or missing, and what to do about it.
    ///   - now: when it was found.
    /// - Returns: whether it is new. It may not be kept all the same: there is a limit.
    package func add(_ finding: String, now: WallTime) -> Bool {
        forgetRemoved()
        let finding = finding.split(whereSeparator: \.isNewline).joined(separator: " ")
        let line = "\(now.rfc3339) \(finding)"
        return known.withLock { known in
            let isKnown = known.lines.contains {
                $0.dropFirst(line.count - finding.count) == finding
            }
            guard !isKnown, !known.others.contains(finding) else { return false }
            guard known.lines.count < Limits.damageNotesMax else {
                if known.others.count >= Limits.damageNotesMax { known.others = [] }
                known.others.insert(finding)
                return true
            }
            known.lines.append(line)
            return true
        }
    }

    /// Writes what the file does not have yet. When it returns, all findings up to the limit are on disk.
    ///
    /// - Throws: where they cannot be kept; they are known until the process ends all the same.
    package func save() throws(FileError) {
        let isOwed = try known.withLock { known throws(FileError) in
            guard known.keptCount < known.lines.count else { return false }
            if let error = known.unreadable { throw error }
            known.waitingCount += 1
            return true
        }
        guard isOwed else { return }
        defer { known.withLock { $0.waitingCount -= 1 } }
        try writing.withLock { (count: inout Int) throws(FileError) in
            count += 1
            let lines = known.withLock { $0.lines }
            let text = lines.map { $0 + "\n" }.joined()
            try File.replace(path, with: Bytes(utf8: text).prefix(Limits.damageNotesBytesMax))
            known.withLock { ($0.isOnDisk, $0.keptCount) = (true, lines.count) }
        }
    }
}
