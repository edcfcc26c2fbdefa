import Buffers
import Multiformats

/// The value form of a dag-pb node: `{"Data": bytes, "Links": [{"Hash", "Name", "Tsize"}]}`.
///
/// - Spec: ipld dag-pb, logical format.
package enum DagPBForm {
    /// Shows a node as a value; names that are not UTF-8 are repaired.
    package static func value(of node: DagPBNode) -> IPLDValue {
        var entries: [IPLDValue.Entry] = []
        if let data = node.data { entries.append(.init(key: "Data", value: .bytes(data))) }
        entries.append(.init(key: "Links", value: .list(node.links.map(value(of:)))))
        return .map(entries)
    }

    private static func value(of link: DagPBLink) -> IPLDValue {
        var entries = [IPLDValue.Entry(key: "Hash", value: .link(link.cid))]
        if link.nameBytes != nil { entries.append(.init(key: "Name", value: .string(link.name))) }
        if let tsize = link.tsize {
            entries.append(.init(key: "Tsize", value: .integer(Int128(tsize))))
        }
        return .map(entries)
    }

    /// Builds a node from its value form.
    ///
    /// - Throws: `.form`, in the words of ipld/codec-fixtures.
    package static func node(from value: IPLDValue) throws(IPLDError) -> DagPBNode {
        guard case .map(let entries) = value else { throw invalid(nil) }
        try check(entries, against: ["Data", "Links"], "extraneous properties")
        var node = DagPBNode()
        if let data = value["Data"] {
            guard case .bytes(let bytes) = data else { throw invalid("Data must be bytes") }
            node.data = bytes
        }
        guard case .list(let links)? = value["Links"] else { throw invalid("Links must be a list") }
        node.links.reserveCapacity(links.count)
        for link in links { node.links.append(try Self.link(from: link)) }
        try checkOrder(node.links)
        return node
    }

    private static func link(from value: IPLDValue) throws(IPLDError) -> DagPBLink {
        guard case .map(let entries) = value else { throw invalid("bad link") }
        try check(entries, against: ["Hash", "Name", "Tsize"], "extraneous properties on link")
        guard let hash = value["Hash"] else { throw invalid("link must have a Hash") }
        guard case .link(let cid) = hash else { throw invalid("link Hash must be a CID") }
        var name: Bytes?
        if let value = value["Name"] {
            guard case .string(let text) = value else {
                throw invalid("link Name must be a string")
            }
            name = Bytes(utf8: text)
        }
        return DagPBLink(cid: cid, nameBytes: name, tsize: try value["Tsize"].map(tsize(from:)))
    }

    private static func tsize(from value: IPLDValue) throws(IPLDError) -> UInt64 {
        guard case .integer(let number) = value else {
            throw invalid("link Tsize must be an integer")
        }
        guard number >= 0 else { throw invalid("link Tsize cannot be negative") }
        guard let tsize = UInt64(exactly: number) else { throw invalid("link Tsize is too large") }
        return tsize
    }

    private static func check(
        _ entries: [IPLDValue.Entry], against keys: [String], _ message: String
    ) throws(IPLDError) {
        for entry in entries where !keys.contains(entry.key) { throw invalid(message) }
        if KeyOrder.firstRepetition(in: entries) != nil { throw invalid(message) }
    }

    private static func checkOrder(_ links: [DagPBLink]) throws(IPLDError) {
        for index in links.indices.dropFirst() {
            let before = links[index - 1].nameBytes ?? .empty
            let name = links[index].nameBytes ?? .empty
            guard !name.array.lexicographicallyPrecedes(before.array) else {
                throw invalid("links must be sorted by Name bytes")
            }
        }
    }

    private static func invalid(_ cause: String?) -> IPLDError {
        IPLDError(.form, "Invalid DAG-PB form" + (cause.map { " (\($0))" } ?? ""))
    }
}
