package import Execution
import Glibc

extension Thread {
    /// Hands the processor to another thread that is ready to run.
    package static func yield() { sched_yield() }
}
