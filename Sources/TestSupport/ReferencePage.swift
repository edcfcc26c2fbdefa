import Buffers
import Execution

/// The pages of `Docs/reference`, which are made from the program.
package enum ReferencePage {
    /// What to do when a page is not what the program says.
    package static let advice =
        "run the tests with HOLDFAST_WRITE_REFERENCE=1 and commit what they wrote"

    /// A page as it is.
    ///
    /// With `HOLDFAST_WRITE_REFERENCE=1` in the environment it is written first.
    ///
    /// - Parameters:
    ///   - name: of its file.
    ///   - expected: what the program says.
    package static func text(_ name: String, expecting expected: String) throws -> String? {
        let path = ProjectFolder.path("Docs/reference/" + name)
        if ProcessSetup.environment["HOLDFAST_WRITE_REFERENCE"] == "1" {
            try File.replace(path, with: Bytes(utf8: expected), permissions: 0o644)
        }
        return try File.readAll(path, limit: 1 << 20).utf8Text
    }
}
