import Buffers
import HTTP
import TestSupport
import Testing

@testable import KuboRPC

/// Recorded runs of `ipfs add`, uploaded over the RPC as the command line does it: every error and
/// a sample of the CIDs, or all of them when `HOLDFAST_TEST_ALL` is set.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct KuboAddTests {
    @Test func uploadsGiveWhatKuboGives() throws {
        let node = try TestNode()
        let all = RecordedAdd.all
        let goodOnes = try all.filter { try $0.error == nil && $0.isSmall }
        let step = max(1, goodOnes.count / 60)
        let sample = stride(from: 0, to: goodOnes.count, by: step).map { goodOnes[$0] }
        let chosen = TestScale.isFull ? all : all.filter { $0.error != nil } + sample
        #expect(chosen.count >= 80)
        for recorded in chosen {
            let answer = try node.upload("add?" + recorded.query, recorded.parts())
            guard let error = recorded.error else {
                let last = try AnyJSON.lines(answer.text).last
                #expect(last?["Hash"]?.text == recorded.cid, "\(recorded)")
                continue
            }
            let message = try AnyJSON.lines(answer.text).last?["Message"]?.text
            #expect("Error: " + (message ?? answer.text) == error, "\(recorded)")
        }
    }
}

extension RecordedAdd {
    /// Cheap enough for the normal run in a debug build.
    fileprivate var isSmall: Bool {
        get throws {
            guard case .file(let contents) = input.kind else {
                return try input.entries.count <= 500
            }
            return contents.byteCount < 1 << 20
        }
    }

    /// The flags as options of the query; those of the client have acted already.
    fileprivate var query: String {
        flags.filter { $0 != "-H" }.map { flag in
            let text = flag.drop { $0 == "-" }
            let parts = text.split(separator: "=", maxSplits: 1)
            let value = parts.count > 1 ? parts[1] : "true"
            return "\(parts[0])=\(PercentCoding.encode(String(value), keeping: .unreserved))"
        }.joined(separator: "&")
    }

    /// What the command line would send.
    fileprivate func parts() throws -> [Part] {
        guard input.isFolder else { return [try input.part(named: "file")] }
        let entries = try input.entries.filter { entry in
            flags.contains("-H") || !("/" + entry.path).contains("/.")
        }
        return try [input.part(named: "root")]
            + entries.map { try $0.part(named: "root/" + $0.path) }
    }
}

extension RecordedEntry {
    fileprivate func part(named name: String) throws -> Part {
        let items = [
            mode.map { "mode=0" + String($0, radix: 8) }, mtime.map { "mtime=\($0)" },
            mtimeNanoseconds.map { "mtime-nsecs=\($0)" },
        ].compactMap(\.self)
        var part = Part(filename: PercentCoding.encode(name, keeping: .unreserved))
        if !items.isEmpty { part.name += "?" + items.joined(separator: "&") }
        switch kind {
        case .file(let contents): part.content = try contents.contents().array
        case .folder: part.type = "application/x-directory"
        case .link(let target):
            part.type = "application/symlink"
            part.content = Array(target.utf8)
        }
        return part
    }
}
