import Execution

/// A line on a terminal that shows how far something is.
struct ProgressBar {
    private let output: TextOutput
    private let start = Instant.now
    private var drawn: Instant?
    private(set) var byteCount: UInt64 = 0
    /// What there is in all; nil if nobody knows.
    let totalByteCount: UInt64?

    /// Draws nothing yet.
    ///
    /// - Parameters:
    ///   - output: a terminal.
    ///   - totalByteCount: nil if nobody knows.
    init(on output: TextOutput, totalByteCount: UInt64?) {
        self.output = output
        self.totalByteCount = totalByteCount
    }

    /// Counts bytes, and draws the line ten times a second.
    mutating func add(_ count: Int) throws {
        byteCount += UInt64(count)
        let now = Instant.now
        if let drawn, now.elapsed(since: drawn) < .milliseconds(100) { return }
        drawn = now
        try output.control(.clearLine)
        try output.write(text(after: now.elapsed(since: start)))
        try output.flush()
    }

    /// Takes the line away.
    mutating func clear() throws {
        guard drawn != nil else { return }
        drawn = nil
        try output.control(.clearLine)
        try output.flush()
    }

    /// `  12.5 MiB / 1.0 GiB [=>      ]  1% 410 MiB/s`.
    func text(after elapsed: Duration) -> String {
        let seconds = max(elapsed.inSeconds, 0.001)
        let perSecond = UInt64(exactly: (Double(byteCount) / seconds).rounded(.down)) ?? .max
        let rate = HumanSize.binary(perSecond) + "/s"
        guard let total = totalByteCount, total > 0 else {
            return "\(HumanSize.binary(byteCount))  \(rate)"
        }
        let share = min(1, Double(byteCount) / Double(total))
        let filled = Int(share * Double(Self.width))
        let bar =
            String(repeating: "=", count: filled) + (filled < Self.width ? ">" : "")
            + String(repeating: " ", count: max(0, Self.width - filled - 1))
        return "\(HumanSize.binary(byteCount)) / \(HumanSize.binary(total)) [\(bar)] "
            + "\(Int(share * 100))%  \(rate)"
    }

    private static let width = 30
}
