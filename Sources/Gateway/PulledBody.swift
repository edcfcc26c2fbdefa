import Buffers
import Content
import HTTPServer

/// A body whose pieces come from content: a file, a CAR, a TAR, on their way to the client.
///
/// Holds the slot of its request until the last byte has gone. What the content throws breaks the
/// transfer off: none of these forms has a place for errors.
final class PulledBody: BodySource {
    private let slot: RequestSlot
    private var output: PieceOutput

    init(_ output: PieceOutput, slot: RequestSlot) {
        self.output = output
        self.slot = slot
    }

    func prepare() throws { try output.prepare() }

    func next(limit: Int) throws -> Bytes? { try output.next() }

    var canReload: Bool { output.canReload }

    func release() { output.release() }

    func reload() throws -> Bytes { try output.reload() }

    var holdsUpOthers: Bool { output.holdsUpOthers }

    func close() { output.release() }
}
