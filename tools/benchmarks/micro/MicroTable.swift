import Buffers
import Execution
import JSON

/// Runs measurements and prints them as rows.
struct MicroTable {
    private let record: String?
    private let only: String

    init(record: String?, only: String) {
        self.record = record
        self.only = only
        print("| figure | MB/s | beside | MB/s | ratio |\n|---|---|---|---|---|")
    }

    /// Measures a piece of work beside its anchor, in turn, and prints the medians.
    ///
    /// - Parameters:
    ///   - name: of the row.
    ///   - byteCount: bytes that one call works through.
    ///   - anchorName: what stands beside it.
    ///   - anchor: does the anchor's work on the same number of bytes.
    ///   - work: does the work once.
    func row(
        _ name: String, byteCount: Int, beside anchorName: String = "memcpy",
        anchor: () throws -> Void, work: () throws -> Void
    ) throws {
        guard only.isEmpty || name.contains(only) else { return }
        var rates: [Double] = []
        var anchorRates: [Double] = []
        for _ in 0..<5 {
            rates.append(try Self.rate(byteCount, work))
            anchorRates.append(try Self.rate(byteCount, anchor))
        }
        let (rate, anchorRate) = (rates.sorted()[2], anchorRates.sorted()[2])
        print(
            "| \(name) | \(Int(rate)) | \(anchorName) | \(Int(anchorRate)) | \(ratio(rate / anchorRate)) |"
        )
        try write(name, rate, anchorName, anchorRate)
    }

    /// Megabytes (10^6) per second over at least 50 ms.
    private static func rate(_ byteCount: Int, _ work: () throws -> Void) throws -> Double {
        try work()
        let start = Instant.now
        var calls = 0
        var elapsed = Duration.zero
        while elapsed < .milliseconds(50) {
            try work()
            calls += 1
            elapsed = Instant.now.elapsed(since: start)
        }
        return Double(byteCount) * Double(calls) / elapsed.inSeconds / 1e6
    }

    private func ratio(_ value: Double) -> String {
        "\((value * 1000).rounded() / 1000)"
    }

    private func write(
        _ name: String, _ rate: Double, _ anchorName: String, _ anchorRate: Double
    ) throws {
        guard let record else { return }
        let line = """
            {"date":"\(WallTime.now.rfc3339.prefix(10))","figure":\(JSONText.quoted(name)),\
            "unit":"MB/s","value":\(Int(rate)),"anchor":\(JSONText.quoted(anchorName)),\
            "anchorValue":\(Int(anchorRate)),"ratio":\(ratio(rate / anchorRate))}

            """
        try File(record, .append, permissions: 0o644).write(Bytes(utf8: line))
    }
}

/// Data for measurements: the same in every run.
enum MicroData {
    /// Bytes without a pattern, from a small generator (xorshift64).
    static func noise(_ count: Int) -> Bytes {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var writer = ByteWriter(capacity: count + 8)
        while writer.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            writer.appendLittleEndian(state)
        }
        return writer.finish().prefix(count)
    }

    /// What copying costs: the anchor of everything that passes over bytes once.
    static func copy(_ bytes: Bytes) {
        keep(bytes.withSpan { Bytes(copying: $0) }.count)
    }

    /// Keeps the compiler from leaving work out whose result nobody uses.
    @inline(never) @_optimize(none)
    static func keep(_ value: Int) {}
}
