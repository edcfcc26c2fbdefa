import Buffers
import Execution
import Testing

/// Pages of `Docs/reference` that are made from the program.
enum ReferencePage {
    /// Compares a page with what it should be.
    ///
    /// With `HOLDFAST_WRITE_REFERENCE=1` in the environment it is written instead.
    static func compare(_ name: String, with text: String) throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = root + "/Docs/reference/" + name
        if ProcessSetup.environment["HOLDFAST_WRITE_REFERENCE"] == "1" {
            try File.makeFolder(root + "/Docs/reference", permissions: 0o755)
            try File.replace(path, with: Bytes(utf8: text), permissions: 0o644)
        }
        let page = try File.readAll(path, limit: 1 << 20).utf8Text
        let advice: Comment =
            "run the test with HOLDFAST_WRITE_REFERENCE=1 and commit Docs/reference/\(name)"
        #expect(page == text, advice)
    }
}
