/// The elements of a comma-separated field value; commas in quoted strings do not separate.
///
/// Elements come trimmed; empty ones are passed over (RFC 9110, 5.6.1).
package struct ListElements: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View

    package init(_ value: String) { rest = Substring(value).utf8 }

    package mutating func next() -> Substring? {
        while !rest.isEmpty {
            let end = endOfElement()
            let element = Substring(rest[..<end]).trimmingBlanks
            rest = rest[end...].dropFirst()
            if !element.isEmpty { return element }
        }
        return nil
    }

    private func endOfElement() -> Substring.Index {
        var index = rest.startIndex
        var isQuoted = false
        while index < rest.endIndex {
            let byte = rest[index]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { break }
            if byte == UInt8(ascii: "\\"), isQuoted {
                index = rest.index(after: index)
                if index == rest.endIndex { break }
            }
            index = rest.index(after: index)
        }
        return index
    }
}
