import KuboRPC
import Multiformats
import Node
import UnixFS

/// `holdfast add --explain`: which options are in force, so that nobody has to guess why the same
/// file has another CID elsewhere.
enum AddExplanation {
    /// A table of all options that decide about CIDs.
    ///
    /// The defaults are those of the repository's configuration; a node at another address may have
    /// others.
    static func text(_ typed: TypedCommand, _ session: Session) throws -> String {
        let home = session.home(typed)
        let defaults = try Server.configuration(
            home: home, environment: session.environment
        ).imports
        var request = try ImportRequest(addOptions: typed.sentOptions)
        request.hidden = typed.flag("hidden")
        let options = try ImportOptions.resolve(from: request, defaults: defaults)
        let profile = options.profile?.name ?? "none: these options are of no named profile"
        let mode = options.mode.map { "0" + String($0, radix: 8) } ?? "none"
        let time = options.mtime.map { String($0.seconds) } ?? "none"
        let threshold = "\(options.hamtThreshold) bytes, by \(options.hamtSizeEstimate.rawValue)"
        let rows: [[String]] = [
            ["profile", profile],
            ["cid-version", options.cidVersion == .v0 ? "0" : "1"],
            ["hash", options.hash.name ?? "\(options.hash.rawValue)"],
            ["raw-leaves", "\(options.rawLeaves)"],
            ["chunker", options.chunker.text],
            ["layout", options.layout.rawValue],
            ["max-file-links", "\(options.maxFileLinks)"],
            ["max-directory-links", "\(options.maxDirectoryLinks)"],
            ["max-hamt-fanout", "\(options.maxHAMTFanout)"],
            ["HAMT threshold", threshold],
            ["inline", options.inlineLimit.map { "up to \($0) bytes" } ?? "no"],
            ["mode", options.preservesMode ? "preserved" : mode],
            ["mtime", options.preservesMtime ? "preserved" : time],
            ["wrap-with-directory", "\(options.wrapsWithDirectory)"],
            ["empty-dirs", "\(options.includesEmptyDirectories)"],
            ["hidden", "\(options.includesHidden)"],
            ["defaults from", home + "/config.json"],
        ]
        return AlignedTable.text(rows, cellWidthMin: 22)
    }
}
