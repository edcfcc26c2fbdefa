package import Execution

/// A deadline long enough for a slow disk, short enough to fail before the limit of a suite.
package func soon() -> Deadline { .after(.seconds(60)) }

/// Lets time pass: where what is waited for cannot wake anybody, such as another process.
package func pause(for duration: Duration) {
    Deadline.after(duration).wait()
}
