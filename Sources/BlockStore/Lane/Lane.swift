import Execution
import Telemetry

/// What the state of a lane tells its thread.
protocol LaneState {
    associatedtype Work

    /// Where the lane stands.
    var life: LaneLife { get }
    /// When to look again without being woken; nil for never.
    var nextLook: Instant? { get }

    /// Time has gone on.
    mutating func look(at now: Instant)

    /// What to write now; nil if nothing. Asked while the lane is open or closing; a closing one ends
    /// where it says nil.
    mutating func takeWork() -> Work?

    /// Takes nothing new.
    mutating func setClosing()
}

/// The one writer of a database, on a thread of its own: takes what waits, makes one write of it, tells
/// the waiters. After any failed write it writes nothing more until it has reopened the database and read
/// what it holds.
///
/// - Spec: `Docs/decisions/0005-what-is-synced-when.md`.
protocol Lane: AnyObject, Sendable {
    associatedtype State: LaneState

    var state: Monitor<State> { get }
    var holder: DatabaseHolder { get }
    var context: LaneContext { get }
    var thread: Locked<Thread?> { get }

    /// Makes one write, and tells those who wait for it. Nothing else has the work: what is written can be
    /// let go of on the way.
    func write(_ work: consuming State.Work, with writer: LaneWriter)

    /// Reads what a reopened database holds, and takes work again.
    ///
    /// - Parameters:
    ///   - database: open again.
    ///   - isCut: whether damaged parts of it have been left out since the last time.
    /// - Returns: what the log is told.
    /// - Throws: where it cannot be used; it is reopened again.
    func resume(with database: any Database, isCut: Bool) throws -> [LogField]

    /// The thread ends: tells those who still wait.
    func end()
}

/// What the thread of a lane has to itself.
final class LaneWriter {
    /// Kept from write to write, with its memory.
    var batch = WriteBatch()
    /// What is in the memtable, as far as the lane wants to know. What the last run of the process left there
    /// is not known: more than nothing.
    var memtableByteCount = 1
    /// What LevelDB said last when it failed; nil while it does what it is asked.
    var failure: DatabaseError?
    /// Whether damaged parts have been left out since the database was last of use.
    var isCut = false
}

extension Lane {
    private var name: String { holder.name.rawValue }

    /// Starts the thread.
    func startThread() {
        let thread = Thread(name: "\(name)-lane") { [self] in run() }
        self.thread.withLock { $0 = thread }
    }

    /// Writes what is queued and ends the thread. Readers go on until the holder is closed.
    func close() {
        state.notify { $0.setClosing() }
        thread.withLock { $0.take() }?.join()
    }

    private func run() {
        let writer = LaneWriter()
        while true {
            switch nextStep() {
            case .write(let work): write(consume work, with: writer)
            case .reopen: reopen(writer)
            case .end: return end()
            }
        }
    }

    private func nextStep() -> LaneStep<State.Work> {
        while true {
            let look = state.withLock { $0.nextLook }
            let step: LaneStep<State.Work>?? = context.clock.wait(on: state, until: look) { state in
                state.look(at: context.clock.now)
                if let step = state.takeStep() { return .some(step) }
                // The time to look again has changed: wait anew.
                return state.nextLook == look ? nil : .some(nil)
            }
            if let step = step ?? nil { return step }
        }
    }

    private func reopen(_ writer: LaneWriter) {
        guard context.waitBeforeReopening(state, isClosing: { $0.life.isClosing }) else { return }
        do {
            let database = try reopened(writer)
            let fields = try resume(with: database, isCut: writer.isCut)
            (writer.failure, writer.isCut) = (nil, false)
            context.log.info("\(name)/ is open again", fields)
        } catch {
            // A scan meets damage too, and a log may end too early because of it.
            writer.failure = Self.damage(in: error) ?? writer.failure
            context.log.error(
                "\(name)/ could not be reopened and is tried again", [.text("error", "\(error)")])
        }
    }

    private static func damage(in error: any Error) -> DatabaseError? {
        if let error = error as? BlockStoreError, error.code == .corrupt {
            return DatabaseError(kind: .corruption, message: error.message)
        }
        return error as? DatabaseError
    }

    /// Damage is looked for before the database is closed, which may take hours, and cut out after that.
    private func reopened(_ writer: LaneWriter) throws(DatabaseError) -> any Database {
        let damage = writer.failure.flatMap { failure in
            holder.damage(after: failure) { state.withLock { $0.life.isClosing } }
        }
        var isCut = damage != nil
        defer { writer.isCut = writer.isCut || isCut }
        return try holder.reopen(cuttingOut: damage) { error in
            isCut = false
            context.log.error(
                "the damaged parts of \(name)/ could not be left out, which is tried again",
                [.text("error", error.message)])
        }
    }

    /// Tells of a failed write.
    func tellFailure(_ error: BlockStoreError) {
        context.log.error(
            "\(name)/ takes no writes until it is reopened", [.text("error", "\(error)")])
    }
}

/// What the thread of a lane does next.
private enum LaneStep<Work> {
    case write(Work)
    case reopen
    case end
}

extension LaneState {
    fileprivate mutating func takeStep() -> LaneStep<Work>? {
        switch life.phase {
        case .open: takeWork().map { .write($0) }
        case .failed: .reopen
        case .closing: takeWork().map { .write($0) } ?? .end
        case .closed: .end
        }
    }
}
