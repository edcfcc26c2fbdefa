import UnixFS
import Vault

extension ImportRequest {
    /// Reads one flag of `ipfs add`.
    mutating func set(_ flag: String) throws {
        let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : "true"
        switch parts[0] {
        case "--chunker": chunker = value
        case "--cid-version": cidVersion = Int(value)
        case "--raw-leaves": rawLeaves = value == "true"
        case "--hash": hash = try HashFunction(named: value).code
        case "--trickle": trickle = value == "true"
        case "--max-file-links": maxFileLinks = Int(value)
        case "--max-directory-links": maxDirectoryLinks = Int(value)
        case "--max-hamt-fanout": maxHAMTFanout = Int(value)
        case "--inline": inline = value == "true"
        case "--inline-limit": inlineLimit = Int(value)
        case "--preserve-mode": preserveMode = value == "true"
        case "--preserve-mtime": preserveMtime = value == "true"
        case "--mode": mode = UInt64(value, radix: value.hasPrefix("0") ? 8 : 10)
        case "--mtime": mtime = Int64(value)
        case "--mtime-nsecs": mtimeNanoseconds = Int64(value)
        case "--empty-dirs": emptyDirectories = value == "true"
        case "-w": wrapWithDirectory = true
        case "-H": hidden = true
        default: preconditionFailure("a flag that the tests do not know: \(flag)")
        }
    }
}
