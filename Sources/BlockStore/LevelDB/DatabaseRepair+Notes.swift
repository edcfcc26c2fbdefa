import Execution
import Telemetry

extension DatabaseRepair {
    /// Keeps a finding of damage as far as it can be kept, and tells a new one.
    func note(_ finding: String) {
        // Known ones wait for the next: readers that meet damage come often.
        guard tell(finding) else { return }
        do throws(FileError) { try notes.save() } catch {
            log.error("a finding of damage could not be kept", [.text("error", "\(error)")])
        }
    }

    /// Keeps a finding of damage, and tells a new one. When it returns, the finding is on disk.
    ///
    /// - Throws: where it cannot be kept: then what leaves no trace of the damage must not be done.
    func keep(_ finding: String) throws(FileError) {
        _ = tell(finding)
        try notes.save()
    }

    private func tell(_ finding: String) -> Bool {
        let isNew = notes.add(finding, now: clock.time)
        if isNew { log.error("damage was found", [.text("finding", finding)]) }
        return isNew
    }

    /// Nothing is owed any more; unless a finding could not be kept: what is looked at again is found again.
    func checkEnded() throws(FileError) {
        do throws(FileError) { try notes.save() } catch {
            log.error(
                "findings of damage could not be kept, so everything is checked again at the next start",
                [.text("error", "\(error)")])
            return
        }
        try mark.clear()
    }
}
