import Buffers
import Content
import JSON
import UnixFS

/// `ls`.
enum ListCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let resolvesChildren = options.flag("resolve-type") || options.flag("size")
        if options.flag("stream") { return .lines(LinkLines(invocation, resolvesChildren)) }
        let document = ResultSpool(invocation.access)
        try document.append("{\"Objects\":[")
        for (index, argument) in invocation.argumentBytes.enumerated() {
            let links = document.makeList()
            try fill(links, argument, invocation, resolvesChildren)
            try document.append(index > 0 ? ",{\"Hash\":" : "{\"Hash\":")
            try document.append(value: .text(argument.displayText))
            try document.append(",\"Links\":[")
            try document.append(links)
            try document.append("]}")
        }
        try document.append("]}")
        return .document(document)
    }

    static func open(
        _ argument: Bytes, _ invocation: Invocation, _ resolvesChildren: Bool
    ) throws -> Listing {
        try Listing(
            invocation.cid(of: argument), resolvesChildren: resolvesChildren,
            access: invocation.access)
    }

    /// Names are unique in a folder; the parts of a file have none and keep their order.
    private static func fill(
        _ links: SortedSpool, _ argument: Bytes, _ invocation: Invocation,
        _ resolvesChildren: Bool
    ) throws {
        var listing = try open(argument, invocation, resolvesChildren)
        var appended = try append(try listing.next(), to: links, invocation)
        while appended != .nothing {
            if case .missing(let byteCount) = appended {
                // Nobody waits with a block in hand, nor with a name out of it.
                listing.release()
                try links.makeRoom(for: byteCount)
                appended = try append(try listing.again(), to: links, invocation)
                if appended == .nothing {
                    throw RPCError.failed("a link could not be read again")
                }
            } else {
                appended = try append(try listing.next(), to: links, invocation)
            }
        }
    }

    private static func append(
        _ link: ListedLink?, to links: SortedSpool, _ invocation: Invocation
    ) throws -> Appended {
        guard let link else { return .nothing }
        return try links.appendAtOnce(key: link.name, json(of: link, invocation.cidText))
    }

    static func object(_ text: String, _ links: [JSONOutput]) -> JSONOutput {
        .object([("Hash", .text(text)), ("Links", .list(links))])
    }

    static func json(of link: ListedLink, _ cidText: CIDText) -> JSONOutput {
        let time =
            link.metadata.mtime.map {
                RFC3339.text(seconds: $0.seconds, nanoseconds: $0.nanoseconds, .asNeeded)
            } ?? "0001-01-01T00:00:00Z"
        return .object([
            ("Name", .shown(link.name)),
            ("Hash", .text(cidText(link.cid))), ("Size", .unsigned(link.byteCount)),
            ("Type", .count(link.kind.rawValue)),
            ("Target", .shown(link.target)),
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

/// `ls --stream`: one line for each link.
private final class LinkLines: LineSource {
    private let invocation: Invocation
    private let resolvesChildren: Bool
    private var rest: ArraySlice<Bytes>
    private var current: (text: String, listing: Listing)?

    init(_ invocation: Invocation, _ resolvesChildren: Bool) {
        self.invocation = invocation
        self.resolvesChildren = resolvesChildren
        rest = invocation.argumentBytes[...]
    }

    func next() throws -> JSONOutput? {
        while true {
            if let link = try current?.listing.next() { return line(of: link) }
            guard let argument = rest.popFirst() else { return nil }
            let listing = try ListCommand.open(argument, invocation, resolvesChildren)
            current = (argument.displayText, listing)
        }
    }

    var canRepeat: Bool { true }

    func again() throws -> JSONOutput? { try current?.listing.again().map(line) }

    func release() { current?.listing.release() }

    func close() { current = nil }

    private func line(of link: ListedLink) -> JSONOutput {
        let object = ListCommand.object(
            current?.text ?? "", [ListCommand.json(of: link, invocation.cidText)])
        return .object([("Objects", .list([object]))])
    }
}
