import Buffers
import Execution

/// Measures hash functions, chunkers and codecs, each beside an anchor in the same run.
///
/// usage: bench-micro [--record FILE] [--only WORD]
@main
enum Micro {
    static func main() throws {
        var record: String?
        var only = ""
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--record": record = arguments.popFirst() ?? "Docs/bench/micro.ndjson"
            case "--only": only = arguments.popFirst() ?? ""
            default: print("usage: bench-micro [--record FILE] [--only WORD]"); return
            }
        }
        let table = MicroTable(record: record, only: only)
        try HashRows.measure(into: table)
        try ChunkerRows.measure(into: table)
        try CodecRows.measure(into: table)
    }
}
