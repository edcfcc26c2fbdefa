import Buffers
import Content
import HTTP
import Multiformats
import UnixFS

/// The page of a folder without an index: small, without scripts, sizes from the links alone.
///
/// Several of the strings are Kubo's, letter by letter, because tools look for them.
///
/// - Spec: IPFS Path Gateway, "Generated HTML with directory index".
struct FolderPage {
    let path: GatewayTarget
    let cid: String
    let metadata: UnixFSMetadata
    let isSorted: Bool
    /// Bytes of the path as each row has it.
    private let escapedPathByteCount: Int

    init(path: GatewayTarget, cid: String, metadata: UnixFSMetadata, isSorted: Bool) {
        self.path = path
        self.cid = cid
        self.metadata = metadata
        self.isSorted = isSorted
        escapedPathByteCount = HTML.escapedByteCount(of: path.encodedPath)
    }

    /// Changes whenever the page's frame does: part of its entity tag.
    static let version = XXH64.text(of: Bytes(utf8: PageStyle.text + template))

    private static let template = "folder page 3: title, breadcrumbs, table, note"

    /// Everything before the first entry.
    var head: String {
        let title = HTML.escaped(path.path.text)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="description" content="A folder in IPFS: \(title)">
            <style>\(PageStyle.text)</style></head>
            <body><main><h1>Index of \(breadcrumbs)</h1>
            <p class="about">\(HTML.escaped(about))</p>
            <table>
            \(parentRow)
            """
    }

    /// Everything behind the last entry.
    let foot = "</table></main></body></html>\n"

    /// Memory that the making of the head takes, at most.
    var headByteCountMax: Int {
        3 * PageStyle.text.utf8.count + path.encodedPath.utf8.count * Limits.rowCopyCount
            + 2 * breadcrumbByteCount
    }

    /// Memory that the making of a row takes, at most, beside a few hundred bytes.
    func byteCountMax(forRowOf entry: DirectoryEntry) -> Int {
        guard entry.name.count <= Limits.linkedNameBytesMax else { return 0 }
        return entry.name.count * Limits.rowCopyCount
            + escapedPathByteCount * Limits.rowPathCopyCount
    }

    /// One row. A name that is too long for a link is shown by its beginning and its length.
    func row(_ entry: DirectoryEntry) -> String {
        guard entry.name.count <= Limits.linkedNameBytesMax else {
            let start = entry.name.prefix(Limits.shownNameBytesMax).displayText
            let shown = HTML.escaped(start) + "\u{2026} (a name of \(entry.name.count) bytes)"
            return row(entry, shown, query: "")
        }
        let segment = PercentCoding.encode(entry.name.array, keeping: .path)
        let link = HTML.escaped(path.encodedPath + "/" + segment)
        // The name is encoded twice: once as a path segment, once as a value in a query.
        let filename = PercentCoding.encode(segment, keeping: .unreserved)
        return row(
            entry, "<a href=\"\(link)\">\(HTML.escaped(entry.name.displayText))</a>",
            query: "?filename=" + filename)
    }

    private func row(_ entry: DirectoryEntry, _ name: String, query: String) -> String {
        let entryCID = entry.cid.text()
        return """
            <tr><td>\(name)</td>\
            <td><a class="ipfs-hash" translate="no" href="/ipfs/\(entryCID)\(query)">\
            \(Self.shortened(entryCID))</a></td>\
            <td>\(entry.tsize.map(Self.sizeText) ?? "")</td></tr>

            """
    }

    /// SI units with at most one decimal: `31 B`, `1.2 kB`.
    static func sizeText(_ byteCount: UInt64) -> String {
        var value = Double(byteCount)
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        if unit == 0 { return "\(byteCount) B" }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0
            ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 9 ? text : "\(text.prefix(4))\u{2026}\(text.suffix(4))"
    }

    private var breadcrumbs: String {
        let root = path.path.rootText
        let segments = path.path.segments
        var text = "/ipfs/<a href=\"/ipfs/\(root)\">\(root)</a>"
        // Each link has the whole path before it: of a deep path only the root has one, or the head
        // would grow with the square of the depth.
        let isDeep = breadcrumbByteCount == 0
        var link = "/ipfs/" + root
        for segment in segments {
            let name = HTML.escaped(segment.displayText)
            if isDeep {
                text += "/" + name
            } else {
                link += "/" + PercentCoding.encode(segment.array, keeping: .path)
                text += "/<a href=\"\(HTML.escaped(link))\">\(name)</a>"
            }
        }
        return text
    }

    /// Bytes of the links above, about; none where they are too long.
    private var breadcrumbByteCount: Int {
        let byteCount = path.path.segments.count * path.encodedPath.utf8.count
        return byteCount > Limits.breadcrumbBytesMax ? 0 : byteCount
    }

    private var parentRow: String {
        guard !path.path.segments.isEmpty else { return "" }
        let link = HTML.escaped(path.encodedPath + "/..")
        return "<tr><td><a href=\"\(link)\">..</a></td><td></td><td></td></tr>\n"
    }

    private var about: String {
        var parts = [cid]
        if let mode = metadata.mode { parts.append("mode " + String(mode, radix: 8)) }
        if let time = metadata.mtime { parts.append("\(HTTPDate(seconds: time.seconds))") }
        if !isSorted { parts.append("many entries, in the order in which they are stored") }
        return parts.joined(separator: " \u{b7} ")
    }
}
