import Buffers
package import Execution

/// The programs that were built together with the tests.
package enum BuiltProgram {
    /// The path of an executable of this package.
    ///
    /// - Parameter name: of the product or target, such as `holdfast`.
    /// - Returns: the one of the same build (debug, release or sanitized) as the tests.
    /// - Throws: `FileError` when it was not built.
    package static func path(_ name: String) throws(FileError) -> String {
        let mapped = try File.readAll("/proc/self/maps", limit: 1 << 24).utf8Text ?? ""
        // The test bundle is mapped into whichever process runs it, and stands beside the programs.
        let bundle = mapped.split(separator: "\n").lazy
            .compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
            .first { $0.hasSuffix("PackageTests.xctest") }
        let path = File.folder(of: bundle ?? "") + "/" + name
        _ = try File.status(of: path)
        return path
    }
}
