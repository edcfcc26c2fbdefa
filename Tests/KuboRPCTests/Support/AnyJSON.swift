import FoundationEssentials

/// Any JSON value, for comparing answers.
enum AnyJSON: Decodable, Equatable, CustomStringConvertible {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    /// The values of a body, one a line.
    static func lines(_ text: String) throws -> [AnyJSON] {
        try text.split(separator: "\n").map {
            try JSONDecoder().decode(AnyJSON.self, from: Data($0.utf8))
        }
    }

    var keys: Set<String> {
        guard case .object(let fields) = self else { return [] }
        return Set(fields.keys)
    }

    subscript(key: String) -> AnyJSON? {
        guard case .object(let fields) = self else { return nil }
        return fields[key]
    }

    /// The object without some of its fields.
    func without(_ names: Set<String>) -> AnyJSON {
        guard case .object(let fields) = self else { return self }
        return .object(fields.filter { !names.contains($0.key) })
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var elements: [AnyJSON]? {
        guard case .list(let values) = self else { return nil }
        return values
    }

    var description: String {
        switch self {
        case .null: "null"
        case .flag(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let text): "\"\(text)\""
        case .list(let values): "\(values)"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                .joined(separator: ", ") + "}"
        }
    }
}
