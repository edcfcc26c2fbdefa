import Buffers
import Execution
import Glibc

/// What the system says about a running process.
package struct ProcessFigures: Sendable {
    private let folder: String

    /// - Parameter processID: of a process that this user may look at.
    package init(of processID: Int32) { folder = "/proc/\(processID)" }

    /// Bytes of memory that are the process's own; pages of mapped files are not among them.
    package var ownByteCount: Int { (status("RssAnon") ?? 0) << 10 }

    /// Threads that it has.
    package var threadCount: Int { status("Threads") ?? 0 }

    /// Descriptors that are open.
    package var descriptorCount: Int { (try? File.names(in: folder + "/fd").count) ?? 0 }

    /// Time that all its threads have been running on a processor, in seconds.
    package var processorSeconds: Double { Self.processorSeconds(in: read("stat")) }

    /// The same for each thread, by its number and name.
    package var processorSecondsByThread: [String: Double] {
        var result: [String: Double] = [:]
        for number in (try? File.names(in: folder + "/task")) ?? [] {
            let text = read("task/\(number)/stat")
            let name = text.prefix { $0 != ")" }
            result[String(name)] = Self.processorSeconds(in: text)
        }
        return result
    }

    private static func processorSeconds(in text: String) -> Double {
        // The name of the program, in brackets, may contain anything.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func status(_ key: String) -> Int? {
        let line = read("status").split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap {
            Int($0)
        }
    }

    private func read(_ name: String) -> String {
        (try? File.readAll(folder + "/" + name, limit: 1 << 16).utf8Text) ?? ""
    }
}
