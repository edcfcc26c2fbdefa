import Buffers
import Content
import JSON
import UnixFS

/// Turns the events of an add into lines.
///
/// Mode and time are those that the entry's own part carried, stored or not.
final class AddOutput {
    let spool: ResultSpool
    private let isSilent: Bool
    private let cidText: CIDText

    init(_ invocation: Invocation) {
        spool = ResultSpool(invocation.access)
        isSilent = invocation.options.flag("silent")
        cidText = invocation.cidText
    }

    func take(_ event: AddEvent) throws {
        if isSilent { return }
        switch event {
        case .progress(let path, let byteCount):
            try spool.append(
                line: .object([
                    ("Name", .shown(path.bytes)), ("Bytes", .unsigned(byteCount)),
                ]))
        case .added(let result): try spool.append(line: line(of: result))
        }
    }

    private func line(of result: AddResult) -> JSONOutput {
        let name: JSONOutput =
            result.isUnnamed ? .text(cidText(result.cid)) : .shown(result.path.bytes)
        var fields: [(String, JSONOutput)] = [
            ("Name", name), ("Hash", .text(cidText(result.cid))),
            ("Size", .text(String(result.tsize))),
        ]
        if let mode = result.sent.mode ?? result.metadata.mode, mode != 0 {
            fields.append(("Mode", .text(AddOutput.octal(mode))))
        }
        let mtime = result.sent.mtime ?? result.metadata.mtime
        if let seconds = mtime?.seconds, seconds != 0 {
            fields.append(("Mtime", .integer(seconds)))
        }
        let nanoseconds = mtime?.nanoseconds ?? 0
        if nanoseconds != 0 { fields.append(("MtimeNsecs", .unsigned(UInt64(nanoseconds)))) }
        return .object(fields)
    }

    /// Four digits at least: `0644`.
    static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
