import Buffers
import Multiformats

/// An encoded value that has been checked from its first to its last byte, and of which it is known
/// how much memory it takes as a tree of values: a block of 2 MiB can be one of 2,000,000 values.
package struct UndecodedValue: Sendable {
    private enum Source {
        case walk(IPLDWalk)
        case node(Bytes)
        case bytes(Bytes)
    }

    private let source: Source

    /// About how much memory `decode` takes, in bytes: values, keys, texts that do not fit into
    /// their value, links. Bytes of CBOR share the memory of the block and count nothing.
    package let decodedByteCount: Int

    /// Checks a value by walking through it.
    ///
    /// - Parameter walk: at its start.
    /// - Throws: `.malformed`, `.tooDeep`.
    init(_ walk: IPLDWalk) throws(IPLDError) {
        source = .walk(walk)
        decodedByteCount = try TreeSize.measure(walk)
    }

    /// Checks a dag-pb node, whose value form has a map for each link.
    ///
    /// - Throws: `.malformed`.
    init(node bytes: Bytes) throws(IPLDError) {
        source = .node(bytes)
        decodedByteCount = TreeSize.measure(try DagPBView(bytes))
    }

    /// A raw block.
    init(raw bytes: Bytes) {
        source = .bytes(bytes)
        decodedByteCount = 0
    }

    /// Makes the tree.
    ///
    /// - Throws: `.tooLarge` where it would take more than `Limits.treeBytesMax`.
    package func decode() throws(IPLDError) -> IPLDValue {
        guard decodedByteCount <= Limits.treeBytesMax else {
            throw IPLDError(
                .tooLarge,
                "the value would take \(decodedByteCount) bytes of memory when decoded, more than "
                    + "\(Limits.treeBytesMax) allowed: read the block as it is, or a part of it by "
                    + "a path")
        }
        switch source {
        case .walk(let walk):
            var builder = TreeBuilder()
            return try builder.build(walk)
        case .node(let bytes): return try DagPBForm.value(of: try DagPBNode(decoding: bytes))
        case .bytes(let bytes): return .bytes(bytes)
        }
    }
}
