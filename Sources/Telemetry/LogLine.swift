import Buffers
import Execution
import JSON

/// One line of the log before it is written.
struct LogLine {
    let time: WallTime
    let level: Log.Level
    let message: String
    let fields: [LogField]

    func text(in format: Log.Format) -> String {
        switch format {
        case .human: humanText
        case .json: jsonText
        }
    }

    private var humanText: String {
        let clock = time.rfc3339.dropFirst(11).prefix(8)
        let word = level.word.padding(to: 7)
        let pairs = fields.map { " \($0.key)=\($0.value.human)" }.joined()
        return "\(clock) \(word) \(message.singleLine)\(pairs)\n"
    }

    private var jsonText: String {
        let pairs = fields.map { ",\(JSONText.quoted($0.key)):\($0.value.json)" }.joined()
        return "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.word)\","
            + "\"message\":\(JSONText.quoted(message))\(pairs)}\n"
    }
}

extension LogField.Value {
    fileprivate var human: String {
        switch self {
        case .text(let text):
            text.utf8.contains { $0 <= 0x20 || $0 == 0x22 } || !text.isPrintable
                ? JSONText.quoted(text).printable : text
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .truth(let value): "\(value)"
        }
    }

    fileprivate var json: String {
        switch self {
        case .text(let text): JSONText.quoted(text)
        case .integer(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .truth(let value): "\(value)"
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// Whether every character shows as itself.
    fileprivate var isPrintable: Bool { unicodeScalars.allSatisfy(\.isPrintable) }

    /// The text with what does not show as it stands in JSON: a backslash and four digits.
    fileprivate var printable: String {
        guard !isPrintable else { return self }
        return unicodeScalars.map { scalar in
            scalar.isPrintable ? String(scalar) : JSONText.escaped(scalar)
        }.joined()
    }

    /// A message of the program, in one line.
    fileprivate var singleLine: String {
        isPrintable ? self : String(map { $0.isNewline ? " " : $0 }).printable
    }
}
