package import Buffers

/// One decoder, and what is checked of it.
package struct FuzzTarget: Sendable {
    /// The name of its folders, and of the choice on the command line.
    package let name: String
    /// Longer inputs are not tried: they find nothing more, and decoders of short texts get slow.
    package let inputByteCountMax: Int
    /// Decodes; a thrown `Finding` is a find, any other error the refusal that bad bytes deserve.
    private let decode: @Sendable (Bytes) throws -> Void

    package init(
        _ name: String, upTo inputByteCountMax: Int = 65_536,
        _ decode: @escaping @Sendable (Bytes) throws -> Void
    ) {
        self.name = name
        self.inputByteCountMax = inputByteCountMax
        self.decode = decode
    }

    /// Tries one input.
    ///
    /// - Parameter input: any bytes.
    /// - Returns: nil, unless the decoder did what it must never do. A trap ends the process.
    package func run(_ input: Bytes) -> Finding? {
        do {
            try decode(input)
            return nil
        } catch {
            return error as? Finding
        }
    }

    /// A decoder of text. What is not UTF-8 is repaired, as the HTTP server does it.
    init(
        text name: String, upTo inputByteCountMax: Int = 4_096,
        _ decode: @escaping @Sendable (String) throws -> Void
    ) {
        self.init(name, upTo: inputByteCountMax) { bytes in
            try decode(String(decoding: bytes.array, as: UTF8.self))
        }
    }

    /// All decoders that read bytes from outside, and whole requests.
    package static let all =
        multiformats + codecs + archives + unixfs + importing + http + records + requests
}
