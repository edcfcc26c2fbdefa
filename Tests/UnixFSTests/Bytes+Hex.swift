import Buffers

extension Bytes {
    /// Lower-case hexadecimal digits.
    var hex: String {
        let digits = Array("0123456789abcdef")
        return String(array.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Reads hexadecimal digits; spaces are passed over.
    init(hex text: String) {
        let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
        self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
