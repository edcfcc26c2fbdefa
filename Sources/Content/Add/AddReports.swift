/// Orders the events of an add: entries of the first root go out as they come, roots only when
/// everything is durable, and the entries of later roots after those of the earlier ones.
final class AddReports {
    private let reportsProgress: Bool
    private let report: (AddEvent) throws -> Void
    private let memory: StateShare
    private var held: [[AddResult]] = []

    /// - Parameters:
    ///   - memory: for results that wait.
    ///   - reportsProgress: whether progress is wanted.
    ///   - report: gets the events in their order.
    init(
        _ memory: StateShare, reportsProgress: Bool, report: @escaping (AddEvent) throws -> Void
    ) {
        self.memory = memory
        self.reportsProgress = reportsProgress
        self.report = report
    }

    /// Tells how far a file is: each `Limits.progressBytesMin`, and at its end.
    func progress(of file: PendingFile, isLast: Bool) throws {
        guard reportsProgress else { return }
        let isDue = file.byteCount - file.reportedByteCount >= Limits.progressBytesMin
        guard isDue || (isLast && file.byteCount > file.reportedByteCount) else { return }
        file.reportedByteCount = file.byteCount
        try report(.progress(path: file.path, byteCount: file.byteCount))
    }

    /// Reports a root or an entry below it, now or when it is its turn.
    ///
    /// - Throws: as `StateShare.take(_:)`, and what the report throws.
    func add(_ result: AddResult, ofRoot index: Int) throws {
        guard result.isRoot || index > 0 else { return try report(.added(result)) }
        try hold(result, ofRoot: index)
    }

    /// Keeps a result until `release()`.
    private func hold(_ result: AddResult, ofRoot index: Int) throws(ContentError) {
        try memory.take(result.memoryByteCount)
        while held.count <= index { held.append([]) }
        held[index].append(result)
    }

    /// Reports what was kept, root by root.
    func release() throws {
        let results = held
        held = []
        for result in results.joined() { try report(.added(result)) }
    }
}
