import Buffers
import HTTP

/// Everything that a parser finds in a form whose boundary is `x`, until it is refused.
struct MultipartContents: Equatable {
    struct Part: Equatable {
        let fields: Fields
        let name: Bytes
        let filename: Bytes?
        var payload: [UInt8] = []
        var hasEnded = false
    }

    private(set) var parts: [Part] = []
    /// Why reading ended early.
    private(set) var problem: HTTPError?

    init(reading pieces: some Sequence<Bytes>) {
        do throws(HTTPError) {
            var parser = try MultipartParser(boundary: "x")
            for piece in pieces {
                parser.feed(piece)
                while let event = try parser.next() { take(event) }
            }
            try parser.finish()
        } catch {
            problem = error
        }
    }

    private mutating func take(_ event: MultipartParser.Event) {
        switch event {
        case .part(let part):
            parts.append(Part(fields: part.fields, name: part.name, filename: part.filename))
        case .payload(let bytes): parts[parts.count - 1].payload += bytes.array
        case .endOfPart: parts[parts.count - 1].hasEnded = true
        }
    }
}
