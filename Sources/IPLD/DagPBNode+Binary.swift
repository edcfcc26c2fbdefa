package import Buffers
import Multiformats

extension DagPBNode {
    /// Decodes a block; slices of it share its memory.
    ///
    /// - Throws: `.malformed`, in the words of go-codec-dagpb.
    /// - Spec: ipld dag-pb.
    package init(decoding bytes: Bytes) throws(IPLDError) { fatalError("not built yet") }

    /// The canonical block: links first, then data. Links keep their order.
    package func encode() -> Bytes { fatalError("not built yet") }

    /// How long `encode` is.
    package var encodedCount: Int { fatalError("not built yet") }
}
