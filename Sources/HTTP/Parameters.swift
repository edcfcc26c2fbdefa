/// The parameters behind a media type or a disposition: `; name=value; name="quoted"`.
package struct Parameters: Sendable, Equatable {
    /// One parameter; its name is in small letters.
    package struct Parameter: Sendable, Equatable {
        /// The name in small letters.
        package let name: String
        /// The value without its quotes.
        package let value: String
    }

    /// All of them, in order.
    package let all: [Parameter]

    /// The value of the first parameter of a name, which is given in small letters.
    package subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    init(_ all: [Parameter]) { self.all = all }

    /// Reads what follows the first token of a field value.
    init(parsing text: Substring) throws(HTTPError) {
        var rest = text.utf8
        var all: [Parameter] = []
        while true {
            Self.skip(&rest) { ASCII.isBlank($0) }
            if rest.isEmpty { break }
            guard rest.removeFirst() == UInt8(ascii: ";") else {
                throw HTTPError(.badMediaType, "parameters must be separated by \";\"")
            }
            Self.skip(&rest) { ASCII.isBlank($0) }
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            all.append(try Self.parameter(&rest))
        }
        self.all = all
    }

    private static func parameter(_ rest: inout Substring.UTF8View) throws(HTTPError) -> Parameter {
        let name = take(&rest, while: ASCII.isTokenByte)
        skip(&rest) { ASCII.isBlank($0) }
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else {
            throw HTTPError(.badMediaType, "a parameter needs a name and a value")
        }
        rest.removeFirst()
        skip(&rest) { ASCII.isBlank($0) }
        let value =
            rest.first == UInt8(ascii: "\"")
            ? try quoted(&rest)
            : take(&rest) { $0 != UInt8(ascii: ";") && !ASCII.isBlank($0) }
        return Parameter(name: name.lowercased(), value: value)
    }

    /// A quoted string. A backslash quotes only a quote or a backslash, as Go reads it: browsers
    /// once sent Windows paths with single backslashes.
    private static func quoted(_ rest: inout Substring.UTF8View) throws(HTTPError) -> String {
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let next = rest.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                value.append(rest.removeFirst())
            } else {
                value.append(byte)
            }
        }
        throw HTTPError(.badMediaType, "a quoted string does not end")
    }

    private static func take(
        _ rest: inout Substring.UTF8View, while isWanted: (UInt8) -> Bool
    ) -> String {
        let taken = rest.prefix(while: isWanted)
        rest = rest[taken.endIndex...]
        return String(Substring(taken))
    }

    private static func skip(_ rest: inout Substring.UTF8View, _ isSkipped: (UInt8) -> Bool) {
        rest = rest.drop(while: isSkipped)
    }
}
