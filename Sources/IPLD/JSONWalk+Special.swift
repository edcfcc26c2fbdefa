import Buffers
import Multiformats

/// The maps that stand for links and bytes: `{"/":"<cid>"}` and `{"/":{"bytes":"<base64>"}}`.
extension JSONWalk {
    /// Such a map, found whole.
    struct SpecialForm {
        fileprivate let text: IPLDText
        fileprivate let isLink: Bool
        /// Where the map ends.
        let end: Int

        /// What it stands for.
        var event: IPLDEvent {
            get throws(IPLDError) {
                isLink
                    ? .link(try DagJSON.cid(text.string)) : .bytes(try DagJSON.bytes(text.bytes))
            }
        }
    }

    /// The special form that begins at the brace here; nil for every other map, also for one that
    /// has the reserved key and breaks the rules, which is then walked through and refused at its
    /// end.
    ///
    /// - Parameter depth: how many lists and maps are open around it.
    func specialForm(depth: Int) -> SpecialForm? {
        var probe = self
        return probe.takeSpecialForm(depth: depth)
    }

    /// The next link from here on in a text that was checked before, and all that stands in front
    /// of it passed; nil when there is none.
    mutating func nextLink() -> CID? {
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""): guard (try? takeText()) != nil else { return nil }
            case UInt8(ascii: "{"):
                guard let special = specialForm(depth: 0) else {
                    index += 1
                    continue
                }
                index = special.end
                if special.isLink, case .link(let cid)? = try? special.event { return cid }
            default: index += 1
            }
        }
        return nil
    }

    private mutating func takeSpecialForm(depth: Int) -> SpecialForm? {
        guard passKey(DagJSON.reservedKey) else { return nil }
        if let text = takePlainText() {
            guard pass("}") else { return nil }
            return SpecialForm(text: text, isLink: true, end: index)
        }
        guard depth + 1 < Limits.jsonDepthMax, passKey(DagJSON.bytesKey),
            let text = takePlainText(), pass("}"), pass("}")
        else { return nil }
        return SpecialForm(text: text, isLink: false, end: index)
    }

    /// Passes a brace, a key and a colon.
    private mutating func passKey(_ name: Bytes) -> Bool {
        guard pass("{"), let key = takePlainText(), key.isSame(as: name) else { return false }
        return pass(":")
    }

    private mutating func takePlainText() -> IPLDText? {
        skipSpace()
        guard index < text.count, text[index] == UInt8(ascii: "\"") else { return nil }
        return try? takeText()
    }

    private mutating func pass(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < text.count, text[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }
}
