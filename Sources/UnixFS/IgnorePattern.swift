/// One line of a `.gitignore`.
struct IgnorePattern: Sendable {
    private enum Element: Sendable {
        /// `**`: any number of folders.
        case anyDepth
        case name(Glob)
    }

    /// A line with `!`: what it matches is taken in again.
    let isNegated: Bool

    private let isForDirectoriesOnly: Bool
    private let elements: [Element]

    /// Nil for empty lines, comments and patterns that cannot match anything.
    init?(parsing line: [UInt8]) {
        var text = Self.withoutTrailingSpaces(line)[...]
        guard text.first != UInt8(ascii: "#") else { return nil }
        isNegated = text.first == UInt8(ascii: "!")
        if isNegated { text = text.dropFirst() }
        isForDirectoriesOnly = text.last == UInt8(ascii: "/")
        if isForDirectoriesOnly { text = text.dropLast() }
        let isAnchored = text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text = text.dropFirst() }
        let parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        var elements: [Element] = isAnchored ? [] : [.anyDepth]
        for part in parts {
            if part.count > 1, part.allSatisfy({ $0 == UInt8(ascii: "*") }) {
                elements.append(.anyDepth)
            } else {
                guard let glob = Glob(parsing: Array(part)) else { return nil }
                elements.append(.name(glob))
            }
        }
        self.elements = elements
    }

    func matches(_ names: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
        if isForDirectoriesOnly, !isDirectory { return false }
        return matches(names, from: 0)
    }

    /// Goes back only to the last `**` that was passed: an earlier one cannot help more.
    private func matches(_ names: ArraySlice<[UInt8]>, from start: Int) -> Bool {
        var (element, name) = (start, names.startIndex)
        var retry: (element: Int, name: Int)?
        while name < names.endIndex {
            if element < elements.count, case .anyDepth = elements[element] {
                // At the end it stands for what is inside a folder, so for one name at least.
                if element + 1 == elements.count { return true }
                retry = (element + 1, name)
                element += 1
            } else if element < elements.count, case .name(let glob) = elements[element],
                glob.matches(names[name])
            {
                element += 1
                name += 1
            } else if let (next, last) = retry {
                retry = (next, last + 1)
                (element, name) = (next, last + 1)
            } else {
                return false
            }
        }
        return element == elements.count
    }

    /// Spaces at the end don't count unless a backslash stands before them; nor does a CR.
    private static func withoutTrailingSpaces(_ line: [UInt8]) -> [UInt8] {
        var text = line
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        while text.last == UInt8(ascii: " "), text.dropLast().last != UInt8(ascii: "\\") {
            text.removeLast()
        }
        return text
    }
}
