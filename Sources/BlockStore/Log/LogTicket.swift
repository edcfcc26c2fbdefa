/// What somebody waits for who wants to know that a block is on disk.
package struct LogTicket: Hashable, Sendable {
    let epoch: Int
    let sequence: UInt64

    /// Nothing to wait for.
    static let none = LogTicket(epoch: 0, sequence: 0)
}
