import Execution

/// The database of a lane, which may be closed and opened again under its readers.
///
/// Readers that come while it is being reopened wait for it; they don't fail.
final class DatabaseHolder: Sendable {
    private enum State {
        case open(Database)
        case reopening
        case unavailable(DatabaseError)
        case closed
    }

    /// How long a reader waits for a reopening. It takes as long as replaying two memtables.
    private static let patience = Duration.seconds(30)

    let path: String
    let settings: DatabaseSettings
    private let state: Monitor<State>

    init(_ database: Database, settings: DatabaseSettings) {
        path = database.path
        self.settings = settings
        state = Monitor(.open(database))
    }

    /// Runs reads on the open database, again if it was closed under them.
    ///
    /// - Throws: `.closed` when it is closed for good; else what the reads throw.
    func read<Result>(
        _ body: (Database) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        while true {
            let database = try current()
            do {
                return try body(database)
            } catch  where error.kind == .closed {
                continue
            }
        }
    }

    /// Closes the database and opens its folder again, repairing what a repair can.
    ///
    /// - Throws: when it does not open; then readers fail until a later attempt succeeds.
    /// - Blocking: until calls in flight have ended and the log has been replayed.
    func reopen(repair: DatabaseRepair) throws(DatabaseError) -> Database {
        let old = state.withLock { state in
            defer { state = .reopening }
            if case .open(let database) = state { return database as Database? }
            return nil
        }
        old?.close()
        do throws(DatabaseError) {
            let database = try repair.open(path, settings)
            state.notify { $0 = .open(database) }
            return database
        } catch {
            state.notify { $0 = .unavailable(error) }
            throw error
        }
    }

    /// Closes it for good.
    ///
    /// - Parameter flushing: whether the memtable is written to a table first, for a quick open.
    func close(flushing: Bool) {
        let old = state.notify { state in
            defer { state = .closed }
            if case .open(let database) = state { return database as Database? }
            return nil
        }
        if flushing { old?.flush() }
        old?.close()
    }

    /// The open database, for those who must not wait: figures, and whoever gives up memory. A reopening
    /// takes as long as the disk does.
    var currentIfOpen: Database? {
        state.withLock { if case .open(let database) = $0 { database } else { nil } }
    }

    /// The open database, for its lane.
    ///
    /// - Blocking: while it is being reopened, at most `patience`.
    func current() throws(DatabaseError) -> Database {
        let result: Result<Database, DatabaseError>? = state.wait(by: .after(Self.patience)) {
            switch $0 {
            case .open(let database): .success(database)
            case .reopening: nil
            case .unavailable(let error): .failure(error)
            case .closed: .failure(.closed)
            }
        }
        guard let result else {
            throw DatabaseError(kind: .inputOutput, message: "\(path) is being reopened")
        }
        return try result.get()
    }
}
