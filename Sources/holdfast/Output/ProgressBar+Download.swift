import Buffers
import HTTP

extension TypedCommand {
    /// Whether progress is shown: as `--progress` says, else as is usual for the command.
    func showsProgress(byDefault usual: Bool) -> Bool {
        isGiven("progress") ? flag("progress") : usual
    }
}

extension ProgressBar {
    /// A bar for what a command downloads.
    ///
    /// - Parameters:
    ///   - fields: of the answer's head, which may tell how much comes.
    ///   - countsTotal: whether what is counted is what the head tells; else no share is shown.
    ///   - isWorthIt: whether a bar is of use on a terminal where nobody has asked for one; gets the
    ///     whole size if it is known.
    /// - Returns: nil where none is shown.
    static func ofDownload(
        _ typed: TypedCommand, _ session: Session, _ fields: Fields, countsTotal: Bool = true,
        isWorthIt: (UInt64?) -> Bool = { _ in true }
    ) -> ProgressBar? {
        guard typed.command.option(named: "progress") != nil else { return nil }
        let total = fields["X-Content-Length"].flatMap { UInt64($0) }
        let usual = session.errors.isTerminal && isWorthIt(total)
        guard typed.showsProgress(byDefault: usual) else { return nil }
        return ProgressBar(on: session.errors, totalByteCount: countsTotal ? total : nil)
    }
}
