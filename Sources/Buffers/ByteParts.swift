/// What stands between separators, one part after the other: of eight million slashes no list of eight million names
/// is made.
package struct ByteParts: Sequence, IteratorProtocol {
    private var rest: Bytes?
    private let separator: UInt8
    private let keepsEmpty: Bool

    /// - Parameters:
    ///   - bytes: are shared by what comes of them.
    ///   - separator: such as a slash or a newline.
    ///   - keepsEmpty: whether empty parts count; then there is one part more than separators.
    package init(of bytes: Bytes, separator: UInt8, keepsEmpty: Bool = false) {
        rest = bytes
        self.separator = separator
        self.keepsEmpty = keepsEmpty
    }

    package mutating func next() -> Bytes? {
        while let bytes = rest {
            let end = bytes.firstIndex(of: separator)
            rest = end.map { bytes.dropFirst($0 + 1) }
            let part = bytes.prefix(end ?? bytes.count)
            if keepsEmpty || !part.isEmpty { return part }
        }
        return nil
    }
}
