package import Execution

/// A deadline long enough for a slow disk, short enough to fail before the limit of a suite.
package func soon() -> Deadline { .after(.seconds(60)) }

/// Lets time pass: where what is waited for cannot wake anybody, such as another process.
package func pause(for duration: Duration) {
    Deadline.after(duration).wait()
}

/// Whether all that somebody had of a budget comes back. What a pool is at work with ahead of its caller
/// goes with the end of that work, which may be a moment after the end of the caller.
package func comesBack(_ inUse: () -> Int) -> Bool {
    let deadline = soon()
    while inUse() > 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
    return inUse() == 0
}

/// Whether something becomes true that nobody is woken by.
package func comesTrue(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = soon()
    while !deadline.hasPassed {
        if try condition() { return true }
        pause(for: .milliseconds(1))
    }
    return try condition()
}
