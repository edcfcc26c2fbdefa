import Glibc

/// The descriptors that the process was started with: those of its caller, and none that the program
/// has opened itself.
///
/// A close-on-exec flag tells less: libcurl opens sockets without one.
package enum InheritedDescriptors {
    /// Descriptors that are looked at; one with a higher number counts as the program's own.
    package static let countMax = 10_000

    /// Whether the process was started with a descriptor. Its number stays its own: the program
    /// closes none of them while it works.
    package static func contains(_ descriptor: Int32) -> Bool {
        (0...2).contains(descriptor) || numbers.contains(descriptor)
    }

    /// Notes what is open. To be called before anything is opened.
    static func note() { _ = numbers }

    private static let numbers: Set<Int32> = {
        // More than the process may have open would be refused.
        let count = min(countMax, ProcessSetup.openFileMax)
        var entries = (0..<Int32(count)).map { pollfd(fd: $0, events: 0, revents: 0) }
        // One call for all of them, which needs no /proc.
        guard unsafe poll(&entries, nfds_t(count), 0) >= 0 else { return [] }
        return Set(entries.lazy.filter { $0.revents & Int16(POLLNVAL) == 0 }.map(\.fd))
    }()
}
