/// The life of a lane, which is the same for both databases.
struct LaneLife {
    /// Where it stands.
    enum Phase {
        /// Takes work.
        case open
        /// A write failed; being reopened. Exits to `open`.
        case failed(BlockStoreError)
        /// Writes what is queued, takes nothing new.
        case closing
        /// Writes nothing any more: the thread ends, or has ended.
        case closed
    }

    private(set) var phase = Phase.open

    /// Why nothing new is taken; nil while it is.
    var writeRefusal: BlockStoreError? {
        switch phase {
        case .open: nil
        case .failed(let error): error
        case .closing, .closed: .closed
        }
    }

    /// Whether work is taken.
    var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether the lane has to end.
    var isClosing: Bool {
        switch phase {
        case .closing, .closed: true
        case .open, .failed: false
        }
    }

    /// A batch may or may not be on disk: nothing is written before the database has been reopened, and a
    /// lane that is closing ends.
    mutating func fail(_ error: BlockStoreError) { phase = isClosing ? .closed : .failed(error) }

    /// The database is open again, and what it holds has been read.
    mutating func reopened() {
        if case .failed = phase { phase = .open }
    }

    /// Nothing new is taken. A database that has failed takes nothing at all.
    mutating func setClosing() {
        switch phase {
        case .open: phase = .closing
        case .failed: phase = .closed
        case .closing, .closed: break
        }
    }

    /// The thread ends.
    mutating func setClosed() { phase = .closed }
}
