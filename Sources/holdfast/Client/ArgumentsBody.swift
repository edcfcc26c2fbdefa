import Buffers

/// Arguments as the one part of a multipart body, one a line, as Kubo takes those of standard input.
final class ArgumentsBody: RPCBody {
    let contentType: String
    private let boundary = Boundary.make()
    private let arguments: [Bytes]
    private var index = 0
    private var isFinished = false

    /// - Parameter arguments: none is empty or has a newline in it.
    init(_ arguments: [Bytes]) {
        self.arguments = arguments
        contentType = "multipart/form-data; boundary=\(boundary)"
    }

    func next() -> Bytes? {
        guard !isFinished else { return nil }
        var writer = ByteWriter()
        if index == 0 {
            writer.append(
                utf8: "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; "
                    + "filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n")
        }
        while index < arguments.count, writer.count < Limits.uploadPieceByteCount {
            writer.append(arguments[index])
            writer.append(UInt8(ascii: "\n"))
            index += 1
        }
        if index == arguments.count {
            writer.append(utf8: "\r\n--\(boundary)--\r\n")
            isFinished = true
        }
        return writer.finish()
    }
}
