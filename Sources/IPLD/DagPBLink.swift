package import Buffers
package import Multiformats

/// One link of a dag-pb node.
package struct DagPBLink: Hashable, Sendable {
    package let cid: CID
    /// The name as stored, of any bytes; nil when the field is absent, which is not the same as empty.
    package let nameBytes: Bytes?
    /// The size of everything below, as claimed by the writer; nil when the field is absent.
    package let tsize: UInt64?

    package init(cid: CID, nameBytes: Bytes?, tsize: UInt64?) {
        self.cid = cid
        self.nameBytes = nameBytes
        self.tsize = tsize
    }

    /// A link with a name in UTF-8, or without the field.
    package init(cid: CID, name: String?, tsize: UInt64?) {
        self.init(cid: cid, nameBytes: name.map { Bytes(utf8: $0) }, tsize: tsize)
    }

    /// The name as text, broken UTF-8 repaired; empty when the field is absent.
    package var name: String {
        guard let nameBytes else { return "" }
        return nameBytes.utf8Text ?? String(decoding: nameBytes.array, as: UTF8.self)
    }
}
