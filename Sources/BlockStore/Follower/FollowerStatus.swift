/// How a follower is.
package struct FollowerStatus<Subject: Follower>: Sendable {
    /// As its cursor on disk has it.
    package let follower: Subject
    /// How far it has come.
    package let position: UInt64
    /// Numbers above that which are on disk; none while it has nothing to do with them.
    package let lag: UInt64
    /// Whether somebody wants its work now, and it has not been told yet.
    package let isHurryWanted: Bool
    /// Whether it was told to do nothing.
    package let isPaused: Bool
    /// Turns that failed since the start.
    package let errorCount: Int
    /// Why the last turn failed; nil if it did not.
    package let error: String?
    /// Bytes that it has read since the start.
    package let readByteCount: UInt64
}
