import Execution
import Glibc

/// Runs code on a thread with the stack that Holdfast's threads have.
///
/// Recursion over outside data is tested at its depth limit in here: a limit that is too generous
/// ends the process.
package enum SmallStack {
    /// Runs `body` on 512 KiB of stack and waits for it. A sanitizer makes frames several times as
    /// large; the stack grows with them.
    package static func run(_ body: sending @escaping () -> Void) {
        let byteCount = 512 * 1024 * (isSanitized ? 8 : 1)
        Thread(name: "small stack", stackByteCount: byteCount, body: body).join()
    }

    private static var isSanitized: Bool {
        let runtimes: [String] = ["__tsan_init", "__asan_init"]
        return runtimes.contains { name in unsafe dlsym(nil, name) != nil }
    }
}
