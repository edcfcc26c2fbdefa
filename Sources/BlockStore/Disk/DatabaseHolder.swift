import Execution

/// The database of a lane, which may be closed and opened again under its readers.
///
/// Readers that come while it is not open wait for it; they fail only where that takes long.
final class DatabaseHolder: Sendable {
    private enum State {
        case open(any Database)
        /// Being reopened, or tried again soon after a reopening that failed.
        case reopening(since: Instant, DatabaseError?)
        case closed
    }

    /// Which of the store's databases it is.
    let name: DatabaseName
    private let disk: any StoreDisk
    private let patience: Duration
    private let clock: any TimeSource
    private let state: Monitor<State>

    /// - Parameter patience: how long readers wait for a reopening, from its begin on.
    init(
        _ database: any Database, _ name: DatabaseName, on disk: any StoreDisk,
        patience: Duration, clock: any TimeSource
    ) {
        self.name = name
        self.disk = disk
        self.patience = patience
        self.clock = clock
        state = Monitor(.open(database))
    }

    /// Runs reads on the open database, again if it was closed under them.
    ///
    /// - Throws: `.closed` when it is closed for good, `.unavailable` when it has not been open for long;
    ///   else what the reads throw.
    func read<Result>(
        _ body: (any Database) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        while true {
            let database = try current()
            do {
                return try body(database)
            } catch  where error.kind == .closed {
                continue
            } catch  where error.isOfTable && name == .meta {
                // Of `blocks/` each block is looked at by itself.
                disk.doubt(name, because: error)
                throw error
            }
        }
    }

    /// Looks for damage that made a write fail; readers go on meanwhile.
    func damage(after cause: DatabaseError, isEnding: () -> Bool) -> TableDamage? {
        disk.damage(of: name, after: cause, isEnding: isEnding)
    }

    /// Closes the database and opens it again, repairing what a repair can.
    ///
    /// - Parameters:
    ///   - damage: what is cut out of it meanwhile.
    ///   - cutOutFailed: told why that could not be done. The database is opened all the same: readers need
    ///     nothing of it.
    /// - Throws: when it does not open; readers go on waiting for a later attempt.
    /// - Blocking: until calls in flight have ended and the log has been replayed.
    func reopen(
        cuttingOut damage: TableDamage? = nil, cutOutFailed: (DatabaseError) -> Void = { _ in }
    ) throws(DatabaseError) -> any Database {
        let old = state.withLock { [clock] state -> (any Database)? in
            guard case .open(let database) = state else { return nil }
            state = .reopening(since: clock.now, nil)
            return database
        }
        old?.close()
        if let damage {
            do throws(DatabaseError) { try disk.cutOut(damage, of: name) } catch {
                cutOutFailed(error)
            }
        }
        do throws(DatabaseError) {
            let database = try disk.open(name)
            state.notify { $0 = .open(database) }
            return database
        } catch {
            state.notify { state in
                guard case .reopening(let start, _) = state else { return }
                state = .reopening(since: start, error)
            }
            throw error
        }
    }

    /// Closes it for good.
    ///
    /// - Parameter flushing: whether the memtable is written to a table first, for a quick open.
    func close(flushing: Bool) {
        let old = state.notify { state -> (any Database)? in
            defer { state = .closed }
            if case .open(let database) = state { return database }
            return nil
        }
        if flushing { old?.flush() }
        old?.close()
    }

    /// The open database, for those who must not wait: figures, and whoever gives up memory. A reopening
    /// takes as long as the disk does.
    var currentIfOpen: (any Database)? {
        state.withLock { if case .open(let database) = $0 { database } else { nil } }
    }

    /// The open database, for its lane.
    ///
    /// - Blocking: while it is not open, at most `patience`.
    func current() throws(DatabaseError) -> any Database {
        if let database = currentIfOpen { return database }
        return try waitUntilOpen()
    }

    private func waitUntilOpen() throws(DatabaseError) -> any Database {
        let begin = state.withLock { [clock] state in
            if case .reopening(let begin, _) = state { begin } else { clock.now }
        }
        let result: Result<any Database, DatabaseError>? = clock.wait(
            on: state, until: begin.advanced(by: patience)
        ) { state in
            switch state {
            case .open(let database): .success(database)
            case .reopening: nil
            case .closed: .failure(.closed)
            }
        }
        guard let result else { throw unavailable }
        return try result.get()
    }

    private var unavailable: DatabaseError {
        let reason = state.withLock { state in
            if case .reopening(_, let error?) = state { ": \(error.message)" } else { "" }
        }
        return DatabaseError(
            kind: .unavailable, message: "\(name.rawValue)/ is being reopened\(reason)")
    }
}
