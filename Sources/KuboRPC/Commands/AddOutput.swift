import Buffers
import Content
import UnixFS

/// Turns the events of an add into lines.
///
/// Mode and time are those that the entry's own part carried, stored or not.
final class AddOutput {
    let spool: ResultSpool
    private let isSilent: Bool
    private let cidText: CIDText
    /// What parts said about entries that have not been reported yet.
    private var sent: [EntryPath: UploadedEntry] = [:]
    private let memory: StateShare

    init(_ invocation: Invocation) {
        spool = ResultSpool(invocation.access)
        memory = invocation.access.makeStateShare()
        isSilent = invocation.options.flag("silent")
        cidText = invocation.cidText
    }

    /// Remembers what a part said about its entry until the entry is reported.
    ///
    /// - Throws: `.tooMuchMemory`, `.overloaded`.
    func note(_ entry: UploadedEntry) throws {
        guard !isSilent, entry.mode != nil || entry.modified != nil else { return }
        // Equal paths take the same.
        if sent[entry.path] == nil { try memory.take(AddOutput.memoryByteCount(of: entry)) }
        sent[entry.path] = entry
    }

    /// Removes and returns what was sent about an entry.
    private func takeNote(of path: EntryPath) -> UploadedEntry? {
        guard let entry = sent.removeValue(forKey: path) else { return nil }
        memory.forget(AddOutput.memoryByteCount(of: entry))
        // A file is reported soon after it was sent: most of the time nothing is remembered.
        if sent.isEmpty { memory.release() }
        return entry
    }

    /// Memory of an entry in the table, and of its path, which key and value share.
    private static func memoryByteCount(of entry: UploadedEntry) -> Int {
        2 * (MemoryLayout<EntryPath>.stride + MemoryLayout<UploadedEntry>.stride)
            + entry.path.memoryByteCount
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

    private func line(of result: AddResult) -> JSON {
        let entry = takeNote(of: result.path)
        let name: JSON =
            result.isUnnamed ? .text(cidText(result.cid)) : .shown(result.path.bytes)
        var fields: [(String, JSON)] = [
            ("Name", name), ("Hash", .text(cidText(result.cid))),
            ("Size", .text(String(result.tsize))),
        ]
        if let mode = entry?.mode ?? result.metadata.mode, mode != 0 {
            fields.append(("Mode", .text(AddOutput.octal(mode))))
        }
        if let seconds = entry?.modified?.seconds ?? result.metadata.mtime?.seconds, seconds != 0 {
            fields.append(("Mtime", .integer(seconds)))
        }
        let nanoseconds =
            entry?.modified?.nanoseconds ?? result.metadata.mtime?.nanoseconds ?? 0
        if nanoseconds != 0 { fields.append(("MtimeNsecs", .unsigned(UInt64(nanoseconds)))) }
        return .object(fields)
    }

    /// Four digits at least: `0644`.
    static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
