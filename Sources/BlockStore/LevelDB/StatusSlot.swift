import CLevelDB

/// The place where a call of LevelDB leaves its error.
@safe
struct StatusSlot: ~Copyable {
    private var text: UnsafeMutablePointer<CChar>?

    init() { unsafe text = nil }

    deinit { unsafe leveldb_free(text) }

    /// Makes a call with the slot, and throws what the call left in it.
    mutating func check<Result>(
        _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) throws(DatabaseError) -> Result {
        let result = unsafe call(&text)
        if let text = unsafe text {
            throw DatabaseError(statusText: unsafe String(cString: text))
        }
        return result
    }
}
