import Multiformats

/// The value form of a dag-pb node: `{"Data": bytes, "Links": [{"Hash", "Name", "Tsize"}]}`.
package enum DagPBForm {
    /// Shows a node as a value.
    package static func value(of node: DagPBNode) -> IPLDValue { fatalError("not built yet") }

    /// Builds a node from its value form; links are sorted by name, as the specification asks.
    ///
    /// - Throws: `.form`, in the words of ipld/codec-fixtures.
    package static func node(from value: IPLDValue) throws(IPLDError) -> DagPBNode {
        fatalError("not built yet")
    }
}
