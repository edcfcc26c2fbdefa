package import Buffers
import Glibc

/// Finds the data in `Tests/Fixtures`.
package enum Fixture {
    /// The absolute path of a fixture.
    ///
    /// - Parameter name: path below `Tests/Fixtures`.
    /// - Returns: the path; whether it exists is not checked.
    package static func path(_ name: String) -> String {
        ProjectFolder.path("Tests/Fixtures/" + name)
    }

    /// The bytes of a fixture.
    ///
    /// - Parameter name: path below `Tests/Fixtures`.
    /// - Returns: the whole file.
    package static func bytes(_ name: String) throws -> Bytes {
        guard let file = unsafe fopen(path(name), "rb") else { throw FixtureError.missing(name) }
        defer { unsafe fclose(file) }
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            contents.append(contentsOf: buffer[0..<count])
        }
        return Bytes(contents)
    }

    /// The text of a fixture.
    ///
    /// - Parameter name: path below `Tests/Fixtures`.
    /// - Returns: the whole file, which must be UTF-8.
    package static func text(_ name: String) throws -> String {
        guard let text = try bytes(name).utf8Text else { throw FixtureError.notText(name) }
        return text
    }

    /// The lines of a fixture, without the empty ones.
    ///
    /// - Parameter name: path below `Tests/Fixtures`.
    /// - Returns: one string a line.
    package static func lines(_ name: String) throws -> [String] {
        try text(name).split(separator: "\n").map(String.init)
    }
}

/// A fixture that a test asked for cannot be used.
package enum FixtureError: Error {
    /// No such file.
    case missing(String)
    /// The file is not UTF-8.
    case notText(String)
}
