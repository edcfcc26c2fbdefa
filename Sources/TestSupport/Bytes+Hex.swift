package import Buffers
import Multiformats

extension Bytes {
    /// Lower-case hexadecimal digits.
    package var hex: String { Multibase.base16.encodeWithoutPrefix(self) }

    /// Reads hexadecimal digits; blanks between them are passed over.
    package init(hex text: String) throws {
        self = try Multibase.base16.decodeWithoutPrefix(text.filter { $0 != " " })
    }
}
