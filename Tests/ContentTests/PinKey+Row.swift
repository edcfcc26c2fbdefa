@testable import BlockStore

extension PinKey {
    /// Where it is in `meta/`, by which its changes are claimed.
    var row: Key { Pin.table.place(of: self) }
}
