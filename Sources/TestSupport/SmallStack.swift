import Execution

/// Runs code on a thread with the stack that Holdfast's threads have.
///
/// Recursion over outside data is tested at its depth limit in here: a limit that is too generous
/// ends the process.
package enum SmallStack {
    /// Runs `body` on 512 KiB of stack and waits for it.
    package static func run(_ body: sending @escaping () -> Void) {
        Thread(name: "small stack", stackByteCount: 512 * 1024, body: body).join()
    }
}
