import Buffers
import Execution
import HTTP

/// The multipart body of `add`: parts are made while they are sent.
///
/// Large files are read straight into the pieces that are sent; small files are collected, so that
/// ten thousand of them are not ten thousand writes. What a pipe gives is sent as it comes.
///
/// - Spec: Kubo RPC API, `add`: the parts of its request body.
final class AddBody: RPCBody {
    /// Which metadata goes along.
    struct Metadata: Sendable {
        var includesMode = false
        var includesTime = false
    }

    let contentType: String
    private let boundary: String
    private var walk: TreeWalk
    private let metadata: Metadata
    private let onProgress: (Int) throws -> Void
    private var writer = ByteWriter()
    private var large: FileReading?
    private var isFinished = false

    /// Sends what a walk finds.
    ///
    /// - Parameters:
    ///   - walk: at its start.
    ///   - boundary: must not appear in any file; long and random.
    ///   - metadata: what goes along with every entry.
    ///   - onProgress: gets the bytes of file content that each piece holds.
    init(
        _ walk: TreeWalk, boundary: String, metadata: Metadata,
        onProgress: @escaping (Int) throws -> Void = { _ in }
    ) {
        self.walk = walk
        self.boundary = boundary
        self.metadata = metadata
        self.onProgress = onProgress
        contentType = "multipart/form-data; boundary=\(boundary)"
    }

    func next() throws -> Bytes? {
        while writer.count < Limits.uploadPieceByteCount {
            if let reading = large {
                if writer.count > 0 { return writer.takeBytes() }
                let piece = try reading.next()
                if !piece.isEmpty {
                    try onProgress(piece.count)
                    return piece
                }
                large = nil
                endPart()
            } else if let entry = try walk.next() {
                try start(entry)
            } else if !isFinished {
                writer.append(utf8: "--\(boundary)--\r\n")
                isFinished = true
            } else {
                break
            }
        }
        return writer.count > 0 ? writer.takeBytes() : nil
    }

    func isReady(within duration: Duration) throws -> Bool {
        guard writer.count == 0, let large else { return true }
        return try large.isReady(within: duration)
    }

    private func start(_ entry: TreeEntry) throws {
        switch entry.kind {
        case .folder:
            head(entry, type: "application/x-directory")
            endPart()
        case .link(let target):
            head(entry, type: "application/symlink")
            writer.append(target)
            endPart()
        case .standardInput:
            head(entry, type: "application/octet-stream")
            // Not the descriptor itself: closed with the part, it would leave its number to a file
            // of the repository, and a second `-` would read that.
            let input = try File(duplicating: 0, name: "standard input")
            large = FileReading(stream: input)
        case .pipe:
            let pipe = try File(entry.path, .readAtOnce)
            head(entry, type: "application/octet-stream")
            large = FileReading(stream: pipe)
        case .file:
            let reading = try FileReading(entry)
            head(entry, type: "application/octet-stream")
            guard reading.expectedByteCount <= Limits.smallFileByteCount else {
                large = reading
                return
            }
            try collect(reading)
        }
    }

    /// Appends a small file. One of the kernel's may say that it is empty and never end, or have
    /// nothing yet: what is too much for one piece, or to be waited for, goes on as a large file does.
    private func collect(_ reading: FileReading) throws {
        while writer.count < Limits.uploadPieceByteCount {
            guard try reading.isReady(within: .zero) else { break }
            let piece = try reading.next()
            if piece.isEmpty { return endPart() }
            writer.append(piece)
            try onProgress(piece.count)
        }
        large = reading
    }

    private func head(_ entry: TreeEntry, type: String) {
        var name = "file"
        if let status = entry.status {
            var items: [String] = []
            if metadata.includesMode { items.append("mode=0" + String(status.mode, radix: 8)) }
            if metadata.includesTime {
                items.append("mtime=\(status.modified.seconds)")
                items.append("mtime-nsecs=\(status.modified.nanoseconds)")
            }
            if !items.isEmpty { name += "?" + items.joined(separator: "&") }
        }
        let file = PercentCoding.encode(entry.name, keeping: .unreserved)
        writer.append(
            utf8: "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; "
                + "filename=\"\(file)\"\r\nContent-Type: \(type)\r\n\r\n")
    }

    private func endPart() { writer.append(utf8: "\r\n") }
}
