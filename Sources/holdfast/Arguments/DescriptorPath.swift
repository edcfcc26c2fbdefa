import Buffers
import Execution

/// A path that means what is open already, such as `/dev/stdout` and `/dev/fd/3`: the system's own
/// link to it.
enum DescriptorPath {
    /// The number of the descriptor; nil for any other path.
    static func number(of path: Bytes) -> Int32? {
        if path == "/dev/stdout" { return 1 }
        if path == "/dev/stderr" { return 2 }
        for folder: Bytes in ["/dev/fd/", "/proc/self/fd/"] where path.starts(with: folder) {
            let digits = path.dropFirst(folder.count).array
            let zero = UInt8(ascii: "0")
            guard (1...4).contains(digits.count),
                digits.allSatisfy((zero...UInt8(ascii: "9")).contains)
            else { return nil }
            return digits.reduce(0) { $0 * 10 + Int32($1 - zero) }
        }
        return nil
    }

    /// Refuses a descriptor that was not there when the program was started. By the time of its use
    /// the number may be a file of the repository or a connection to the node: a stranger's content
    /// would be written into it, or the node's own files be read as content.
    static func check(_ path: Bytes, words: [String]) throws(UsageError) {
        guard let number = number(of: PathBytes.cleaned(path)),
            !InheritedDescriptors.contains(number)
        else { return }
        throw UsageError(
            "\(path.displayText) is not open: redirect descriptor \(number), as the shell does with "
                + "`\(number)>file` and `\(number)<file`, or name a file", words: words)
    }
}
