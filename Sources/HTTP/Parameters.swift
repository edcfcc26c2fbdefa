package import Buffers

/// The parameters behind a media type or a disposition: `; name=value; name="quoted"`.
package struct Parameters: Sendable, Equatable {
    /// One parameter; its name is in small letters.
    package struct Parameter: Sendable, Equatable {
        /// The name in small letters.
        package let name: String
        /// The value without its quotes; a file name need not be UTF-8.
        package let bytes: Bytes
    }

    /// All of them, in order.
    package let all: [Parameter]

    /// The value of the first parameter of a name, which is given in small letters.
    package subscript(name: String) -> String? { bytes(of: name)?.displayText }

    /// The value of the first parameter of a name, which is given in small letters, as it was sent.
    package func bytes(of name: String) -> Bytes? { all.first { $0.name == name }?.bytes }

    /// Reads what follows the first token of a field value.
    init(parsing text: Substring) throws(HTTPError) { try self.init(parsing: Bytes(utf8: text)) }

    /// Reads what follows the first token of a field value.
    init(parsing bytes: Bytes) throws(HTTPError) {
        var rest = bytes
        var all: [Parameter] = []
        while true {
            Self.skipBlanks(&rest)
            guard let first = rest.first else { break }
            guard first == UInt8(ascii: ";") else {
                throw HTTPError(.badMediaType, "parameters must be separated by \";\"")
            }
            rest = rest.dropFirst(1)
            Self.skipBlanks(&rest)
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            guard all.count < Limits.parameterCountMax else {
                throw HTTPError(
                    .badMediaType, "there are more than \(Limits.parameterCountMax) parameters")
            }
            all.append(try Self.parameter(&rest))
        }
        self.all = all
    }

    private static func parameter(_ rest: inout Bytes) throws(HTTPError) -> Parameter {
        let name = take(&rest, while: ASCII.isTokenByte)
        skipBlanks(&rest)
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else {
            throw HTTPError(.badMediaType, "a parameter needs a name and a value")
        }
        rest = rest.dropFirst(1)
        skipBlanks(&rest)
        let value =
            rest.first == UInt8(ascii: "\"")
            ? try quoted(&rest)
            : take(&rest) { $0 != UInt8(ascii: ";") && !ASCII.isBlank($0) }
        return Parameter(name: name.displayText.lowercased(), bytes: value)
    }

    /// A quoted string. A backslash quotes only a quote or a backslash, as Go reads it: browsers
    /// once sent Windows paths with single backslashes.
    private static func quoted(_ rest: inout Bytes) throws(HTTPError) -> Bytes {
        var value = ByteWriter(capacity: rest.count)
        var index = 1
        while index < rest.count {
            var byte = rest[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                rest = rest.dropFirst(index)
                return value.finish()
            }
            if byte == UInt8(ascii: "\\"), index < rest.count,
                rest[index] == UInt8(ascii: "\"") || rest[index] == UInt8(ascii: "\\")
            {
                byte = rest[index]
                index += 1
            }
            value.append(byte)
        }
        throw HTTPError(.badMediaType, "a quoted string does not end")
    }

    private static func take(_ rest: inout Bytes, while isWanted: (UInt8) -> Bool) -> Bytes {
        var count = 0
        while count < rest.count, isWanted(rest[count]) { count += 1 }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func skipBlanks(_ rest: inout Bytes) { _ = take(&rest, while: ASCII.isBlank) }
}
