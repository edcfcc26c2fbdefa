package import Buffers
import Execution
import JSON

/// Puts a configuration together: defaults, then the file, then the environment, then options.
///
/// - Spec: `Docs/reference/configuration.md`.
package enum ConfigurationReader {
    /// Reads everything that has a say.
    ///
    /// - Parameters:
    ///   - file: the contents of `config.json`, or nil if there is none.
    ///   - path: what errors call the file.
    ///   - environment: variables that begin with `HOLDFAST_` count.
    ///   - options: texts by key, from the command line.
    /// - Returns: a configuration in which every value is allowed.
    package static func read(
        file: Bytes?, path: String, environment: [String: String] = [:],
        options: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        var configuration = Configuration()
        if let file { try apply(file, path: path, to: &configuration) }
        for setting in Configuration.settings {
            if let text = environment[setting.environmentName] {
                try apply(text, setting, from: "$\(setting.environmentName)", to: &configuration)
            }
        }
        for setting in Configuration.settings {
            if let text = options[setting.key] {
                try apply(text, setting, from: "the option for \(setting.key)", to: &configuration)
            }
        }
        return configuration
    }

    private static func apply(
        _ file: Bytes, path: String, to configuration: inout Configuration
    ) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONReader.read(file)
        } catch {
            throw ConfigurationError("\(path) is not JSON: \(error)")
        }
        guard let members = value.members else {
            throw ConfigurationError("\(path) must hold an object: { … }")
        }
        try apply(members, under: "", path: path, to: &configuration)
    }

    private static func apply(
        _ members: [JSONValue.Member], under prefix: String, path: String,
        to configuration: inout Configuration
    ) throws(ConfigurationError) {
        var seen: Set<String> = []
        for member in members {
            let key = prefix + member.name
            let place = "\(path), line \(member.line)"
            guard seen.insert(key).inserted else {
                throw ConfigurationError("\(place): \(key) stands there twice")
            }
            if let setting = Configuration.settings.first(where: { $0.key == key }) {
                do {
                    try setting.apply(member.value, &configuration)
                } catch {
                    throw refusal(key, member.value.jsonText, error, place)
                }
            } else if Configuration.settings.contains(where: { $0.key.hasPrefix(key + ".") }) {
                guard let inner = member.value.members else {
                    throw ConfigurationError(
                        "\(place): \(key) is \(member.value.jsonText); allowed: an object")
                }
                try apply(inner, under: key + ".", path: path, to: &configuration)
            } else {
                throw unknownKey(key, place)
            }
        }
    }

    private static func apply(
        _ text: String, _ setting: Setting, from place: String,
        to configuration: inout Configuration
    ) throws(ConfigurationError) {
        do {
            try setting.apply(text: text, to: &configuration)
        } catch {
            throw refusal(setting.key, JSONText.quoted(text), error, place)
        }
    }

    private static func refusal(
        _ key: String, _ value: String, _ error: any Error, _ place: String
    ) -> ConfigurationError {
        if let refusal = error as? Setting.Refusal {
            return ConfigurationError("\(place): \(key) is \(value); allowed: \(refusal.allowed)")
        }
        return ConfigurationError("\(place): \(key) is \(value): \(error)")
    }

    private static func unknownKey(_ key: String, _ place: String) -> ConfigurationError {
        let parts = Set(Configuration.settings.compactMap { $0.key.split(separator: ".").first })
        let known = Configuration.settings.map(\.key) + parts.map(String.init).sorted()
        let nearest = NearestText.nearest(to: key, in: known)
        let hint = nearest.map { ": did you mean \($0)?" } ?? ""
        return ConfigurationError("\(place): unknown key \(key)\(hint)")
    }
}
