/// Finds where one JSON value ends, without reading what is in it.
///
/// What is no JSON ends somewhere, too; `JSONReader` refuses it then.
struct JSONExtent {
    private var nesting = 0
    private var isInText = false
    private var isEscaped = false

    /// Takes the next bytes of the value.
    ///
    /// - Parameter bytes: at the start of the value they begin with its first byte.
    /// - Returns: where it ends; nil if it goes on. A number or a word goes on until something else
    ///   comes.
    mutating func end(in bytes: ArraySlice<UInt8>) -> Int? {
        for index in bytes.indices {
            if isInText {
                if endsText(bytes[index]), nesting == 0 { return index + 1 }
                continue
            }
            switch bytes[index] {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): nesting += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if nesting == 0 { return index }
                nesting -= 1
                if nesting == 0 { return index + 1 }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if nesting == 0 { return index }
            default: break
            }
        }
        return nil
    }

    private mutating func endsText(_ byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
            return true
        }
        return false
    }
}
