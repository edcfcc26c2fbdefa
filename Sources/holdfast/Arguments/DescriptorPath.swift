import Buffers
import Execution

/// A path that means what is open already, such as `/dev/stdout` and `/dev/fd/3`: the system's own
/// link to it.
enum DescriptorPath {
    /// The number of the descriptor; nil for any other path.
    ///
    /// The folder decides, and not how it is written: `fd/3` in `/dev` and `/proc/thread-self/fd/3` are
    /// `/dev/fd/3` as well.
    static func number(of path: Bytes) -> Int32? {
        var path = path
        while path.count > 1, path.last == UInt8(ascii: "/") { path = path.dropLast(1) }
        let name = PathBytes.base(of: path)
        if name == "stdout" || name == "stderr" {
            guard (try? File.realPath(of: File.folder(of: path))) == "/dev" else { return nil }
            return name == "stdout" ? 1 : 2
        }
        guard let number = number(named: name.array), isOfProcess(File.folder(of: path)) else {
            return nil
        }
        return number
    }

    private static func number(named digits: [UInt8]) -> Int32? {
        let zero = UInt8(ascii: "0")
        guard (1...4).contains(digits.count),
            digits.allSatisfy((zero...UInt8(ascii: "9")).contains)
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int32($1 - zero) }
    }

    /// Whether a folder has the descriptors of this process: `/proc/<process>/fd`, or the same of one of
    /// its threads, `/proc/<process>/task/<thread>/fd`.
    private static func isOfProcess(_ folder: Bytes) -> Bool {
        guard let own = try? File.realPath(of: "/proc/self").appending("/"),
            let path = try? File.realPath(of: folder), path.starts(with: own)
        else { return false }
        let names = path.dropFirst(own.count).split(separator: UInt8(ascii: "/"))
        return names == ["fd"] || names.count == 3 && names[0] == "task" && names[2] == "fd"
    }

    /// Refuses a descriptor that was not there when the program was started. By the time of its use
    /// the number may be a file of the repository or a connection to the node: a stranger's content
    /// would be written into it, or the node's own files be read as content.
    static func check(_ path: Bytes, words: [String]) throws(UsageError) {
        guard let number = number(of: path), !InheritedDescriptors.contains(number) else { return }
        throw UsageError(
            "\(path.displayText) is not open: redirect descriptor \(number), as the shell does with "
                + "`\(number)>file` and `\(number)<file`, or name a file", words: words)
    }
}
