import JSON

/// One key of the configuration: what it is called, what it allows, what it means, and where its
/// value goes. The reading, the environment and the reference page are all made from these.
package struct Setting: Sendable {
    /// A value is not allowed; says what is.
    struct Refusal: Error {
        let allowed: String
    }

    /// With dots between the parts: `store.cacheSize`.
    package let key: String
    /// What is allowed, for people.
    package let allowed: String
    /// The default as it would stand in the file.
    package let fallback: String
    /// What it does, in a sentence or two.
    package let summary: String
    let apply: @Sendable (JSONValue, inout Configuration) throws -> Void

    /// The variable of the environment that overrides the file: `HOLDFAST_STORE_CACHE_SIZE`.
    package var environmentName: String {
        var name = "HOLDFAST_"
        var isAfterSmall = false
        for character in key {
            if character == "." {
                name += "_"
            } else {
                if character.isUppercase, isAfterSmall { name += "_" }
                name += character.uppercased()
            }
            isAfterSmall = character.isLowercase
        }
        return name
    }

    /// A value from a command line or the environment, where everything is text: read as JSON where
    /// it is JSON of another kind, else taken as it is.
    func apply(text: String, to configuration: inout Configuration) throws {
        do {
            try apply(.string(text), &configuration)
        } catch {
            guard let value = try? JSONReader.read(Array(text.utf8)) else { throw error }
            try apply(value, &configuration)
        }
    }
}

/// Kinds of values.
extension Setting {
    typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

    static func text(
        _ key: String, _ path: any Path<String>, allowed: String, _ summary: String,
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(
            key: key, allowed: allowed,
            fallback: JSONText.quoted(Configuration()[keyPath: path]), summary: summary
        ) { value, configuration in
            guard let text = value.text, check(text) else { throw Refusal(allowed: allowed) }
            configuration[keyPath: path] = text
        }
    }

    static func texts(
        _ key: String, _ path: any Path<[String]>, allowed: String, _ summary: String
    ) -> Setting {
        Setting(key: key, allowed: allowed, fallback: "[]", summary: summary) {
            value, configuration in
            guard let elements = value.elements else { throw Refusal(allowed: allowed) }
            configuration[keyPath: path] = try elements.map { element in
                guard let text = element.text else { throw Refusal(allowed: allowed) }
                return text
            }
        }
    }

    static func fields(
        _ key: String, _ path: any Path<[String: String]>, _ summary: String
    ) -> Setting {
        let allowed = "an object of texts"
        return Setting(key: key, allowed: allowed, fallback: "{}", summary: summary) {
            value, configuration in
            guard let members = value.members else { throw Refusal(allowed: allowed) }
            var fields = AddedFields()
            for member in members {
                guard let text = member.value.text else { throw Refusal(allowed: allowed) }
                try fields.add(member.name, text)
            }
            configuration[keyPath: path] = fields.pairs
        }
    }

    static func truth(_ key: String, _ path: any Path<Bool>, _ summary: String) -> Setting {
        Setting(
            key: key, allowed: "true or false", fallback: "\(Configuration()[keyPath: path])",
            summary: summary
        ) { value, configuration in
            guard let truth = value.truth else { throw Refusal(allowed: "true or false") }
            configuration[keyPath: path] = truth
        }
    }

    static func number(
        _ key: String, _ path: any Path<Int>, _ range: ClosedRange<Int>, _ summary: String
    ) -> Setting {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Setting(
            key: key, allowed: allowed, fallback: "\(Configuration()[keyPath: path])",
            summary: summary
        ) { value, configuration in
            guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number)
            else { throw Refusal(allowed: allowed) }
            configuration[keyPath: path] = number
        }
    }

    static func byteCount<Value: FixedWidthInteger & Sendable>(
        _ key: String, _ path: any Path<Value>, _ range: ClosedRange<UInt64>, _ summary: String
    ) -> Setting {
        let allowed =
            "a number of bytes or a size such as \"64MiB\", from "
            + "\(ByteCountText.text(range.lowerBound)) to \(ByteCountText.text(range.upperBound))"
        let fallback = JSONText.quoted(ByteCountText.text(UInt64(Configuration()[keyPath: path])))
        return Setting(key: key, allowed: allowed, fallback: fallback, summary: summary) {
            value, configuration in
            guard let count = value.unsigned ?? value.text.flatMap(ByteCountText.read),
                range.contains(count), let exact = Value(exactly: count)
            else { throw Refusal(allowed: allowed) }
            configuration[keyPath: path] = exact
        }
    }

    static func duration(
        _ key: String, _ path: any Path<Duration>, _ range: ClosedRange<Duration>, _ summary: String
    ) -> Setting {
        let allowed =
            "a duration such as \"30s\" or \"1h5m\", from \(DurationText.text(range.lowerBound)) to "
            + DurationText.text(range.upperBound)
        let fallback = JSONText.quoted(DurationText.text(Configuration()[keyPath: path]))
        return Setting(key: key, allowed: allowed, fallback: fallback, summary: summary) {
            value, configuration in
            guard let duration = value.text.flatMap(DurationText.read), range.contains(duration)
            else { throw Refusal(allowed: allowed) }
            configuration[keyPath: path] = duration
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, _ path: any Path<Value>, _ summary: String
    ) -> Setting {
        let allowed = Value.allCases.map { JSONText.quoted($0.rawValue) }.joined(separator: ", ")
        return Setting(
            key: key, allowed: allowed,
            fallback: JSONText.quoted(Configuration()[keyPath: path].rawValue), summary: summary
        ) { value, configuration in
            guard let choice = value.text.flatMap(Value.init(rawValue:)) else {
                throw Refusal(allowed: allowed)
            }
            configuration[keyPath: path] = choice
        }
    }
}
