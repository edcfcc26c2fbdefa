import Glibc

/// A call to the file system failed.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call or step, as a verb: `open`, `read`, `sync`.
    package let operation: String
    /// The path that the caller named.
    package let path: String
    /// The system's error number.
    package let number: Int32

    package init(operation: String, path: String, number: Int32) {
        self.operation = operation
        self.path = path
        self.number = number
    }

    /// Something of this name is there already.
    package var isExisting: Bool { number == EEXIST }
    /// Nothing of this name is there: the only kinds of error that say so.
    package var isAbsence: Bool { number == ENOENT || number == ENOTDIR }
    /// A file cannot have a second name there: its file system, or a policy, has no such links, or the
    /// name is in another file system.
    package var isWithoutLinks: Bool {
        number == EPERM || number == EOPNOTSUPP || number == EXDEV
    }
    /// A symbolic link where none is followed, or no folder where one was to be opened.
    package var isOfAnotherKind: Bool { number == ELOOP || number == ENOTDIR }
    /// A name that the file system cannot hold: too long, or bytes that it does not take.
    package var isNameRefused: Bool {
        number == ENAMETOOLONG || number == EILSEQ || number == EINVAL
    }

    /// `open /a/b: no such file or directory`, in the wording of Go's os package.
    package var description: String {
        "\(operation) \(path): \(Self.text(of: number))"
    }

    /// The number for a file whose contents are not what they should be.
    package static let damaged = EINVAL

    /// The system's text for an error number, in lower case.
    package static func text(of number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text).lowercased()
    }
}
