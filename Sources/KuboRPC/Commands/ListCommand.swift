import Buffers
import Content
import UnixFS

/// `ls`.
enum ListCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let resolvesChildren = options.flag("resolve-type") || options.flag("size")
        if options.flag("stream") { return .lines(lines(invocation, resolvesChildren)) }
        let objects = try invocation.arguments.map { text in
            var listing = try open(text, invocation, resolvesChildren)
            var links: [ListedLink] = []
            var pulse = Pulse(every: .milliseconds(250))
            while let link = try listing.next() {
                if pulse.isDue() { try invocation.checkWanted() }
                links.append(link)
            }
            // Names are unique in a folder; the parts of a file have none and keep their order.
            if listing.isFolder { links.sort { $0.name.isBefore($1.name) } }
            return object(text, links.map { json(of: $0, invocation.cidText) })
        }
        return .value(.object([("Objects", .list(objects))]))
    }

    private static func open(
        _ text: String, _ invocation: Invocation, _ resolvesChildren: Bool
    ) throws -> Listing {
        try Listing(
            invocation.cid(of: text), resolvesChildren: resolvesChildren,
            library: invocation.library)
    }

    /// One line for each link.
    private static func lines(_ invocation: Invocation, _ resolvesChildren: Bool) -> Lines {
        var rest = invocation.arguments[...]
        var current: (text: String, listing: Listing)?
        return Lines {
            while true {
                if let text = current?.text, let link = try current?.listing.next() {
                    return .object([
                        ("Objects", .list([object(text, [json(of: link, invocation.cidText)])]))
                    ])
                }
                guard let text = rest.popFirst() else { return nil }
                current = (text, try open(text, invocation, resolvesChildren))
            }
        }
    }

    private static func object(_ text: String, _ links: [JSON]) -> JSON {
        .object([("Hash", .text(text)), ("Links", .list(links))])
    }

    private static func json(of link: ListedLink, _ cidText: CIDText) -> JSON {
        let time = link.metadata.mtime.map(RFC3339.text) ?? "0001-01-01T00:00:00Z"
        return .object([
            ("Name", .text(link.name.displayText)),
            ("Hash", .text(cidText(link.cid))), ("Size", .unsigned(link.byteCount)),
            ("Type", .count(link.kind.rawValue)),
            ("Target", .text(link.target.displayText)),
            ("Mode", .unsigned(UInt64(goMode(of: link)))), ("ModTime", .text(time)),
        ])
    }

    /// Go's number for a mode: permissions, and high bits for the kind and the special ones.
    private static func goMode(of link: ListedLink) -> UInt32 {
        guard let permissions = link.metadata.mode, permissions & 0o7777 != 0 else { return 0 }
        var mode = permissions & 0o777
        if permissions & 0o4000 != 0 { mode |= 1 << 23 }
        if permissions & 0o2000 != 0 { mode |= 1 << 22 }
        if permissions & 0o1000 != 0 { mode |= 1 << 20 }
        if link.kind == .folder { mode |= 1 << 31 }
        if link.kind == .symlink { mode |= 1 << 27 }
        return mode
    }
}

extension Bytes {
    /// Byte order, as Go sorts names.
    fileprivate func isBefore(_ other: Bytes) -> Bool {
        array.lexicographicallyPrecedes(other.array)
    }
}
