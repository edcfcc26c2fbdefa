import Buffers
import Multiformats

/// An encoded value that has been checked from its first to its last byte, and of which it is known
/// how much memory it takes as a tree of values: a block of 2 MiB can be one of 2,000,000 values.
package struct UndecodedValue: Sendable {
    private enum Source {
        case walk(IPLDWalk)
        case node(DagPBView)
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
        let node = try DagPBView(bytes)
        source = .node(node)
        decodedByteCount = TreeSize.measure(node)
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
        try Self.check(decodedByteCount)
        switch source {
        case .walk(let walk):
            var builder = TreeBuilder()
            return try builder.build(walk)
        case .node(let node): return try DagPBForm.value(of: try DagPBNode(node))
        case .bytes(let bytes): return .bytes(bytes)
        }
    }

    /// Makes the node of a block of dag-pb, which can hold names that are no texts; nil for others. Takes
    /// less memory than `decode`.
    ///
    /// - Throws: `.tooLarge` where its links would take more than `Limits.treeBytesMax`.
    package func decodeNode() throws(IPLDError) -> DagPBNode? {
        guard case .node(let node) = source else { return nil }
        let byteCount = node.linkCount * MemoryLayout<DagPBLink>.stride
        guard byteCount <= Limits.treeBytesMax else {
            throw IPLDError(
                .tooLarge,
                "the \(node.linkCount) links would take more than \(Limits.treeBytesMax) bytes of memory "
                    + "when decoded: store or read the block as it is")
        }
        return try DagPBNode(node)
    }

    private static func check(_ byteCount: Int) throws(IPLDError) {
        guard byteCount <= Limits.treeBytesMax else {
            throw IPLDError(
                .tooLarge,
                "the value would take \(byteCount) bytes of memory when decoded, more than "
                    + "\(Limits.treeBytesMax) allowed: read the block as it is, or a part of it by "
                    + "a path")
        }
    }
}
