package import Buffers
import Multiformats

/// The value form of a dag-pb node: `{"Data": bytes, "Links": [{"Hash", "Name", "Tsize"}]}`.
///
/// - Spec: ipld dag-pb, logical format.
package enum DagPBForm {
    /// Shows a node as a value.
    ///
    /// - Throws: `.form` for a name that is not UTF-8: the texts of values are, and another name would
    ///   lead to another block without a word.
    package static func value(of node: DagPBNode) throws(IPLDError) -> IPLDValue {
        var entries: [IPLDValue.Entry] = []
        if let data = node.data { entries.append(.init(key: "Data", value: .bytes(data))) }
        var links: [IPLDValue] = []
        links.reserveCapacity(node.links.count)
        for link in node.links { links.append(try value(of: link)) }
        entries.append(.init(key: "Links", value: .list(links)))
        return .map(entries)
    }

    private static func value(of link: DagPBLink) throws(IPLDError) -> IPLDValue {
        var entries = [IPLDValue.Entry(key: "Hash", value: .link(link.cid))]
        if let name = link.nameBytes {
            guard let text = name.utf8Text else {
                throw IPLDError(
                    .form,
                    "the name \"\(name.displayText(upTo: Limits.quotedNameBytesMax))\" of a link is "
                        + "not UTF-8, and only dag-pb can hold it: use that codec, or read the block "
                        + "as it is")
            }
            entries.append(.init(key: "Name", value: .string(text)))
        }
        if let tsize = link.tsize {
            entries.append(.init(key: "Tsize", value: .integer(Int128(tsize))))
        }
        return .map(entries)
    }

    /// Builds a node from its value form, with its links in the order of the list.
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

    /// The block of a node, with its links in the order of their names; of one name as they were.
    ///
    /// - Spec: go-codec-dagpb, which writes all nodes like that.
    package static func ordered(_ node: consuming DagPBNode) -> Bytes {
        // The sort is stable, as the standard library promises.
        node.links.sort { ($0.nameBytes ?? .empty) < ($1.nameBytes ?? .empty) }
        return node.encode()
    }

    private static func invalid(_ cause: String?) -> IPLDError {
        IPLDError(.form, "Invalid DAG-PB form" + (cause.map { " (\($0))" } ?? ""))
    }
}
