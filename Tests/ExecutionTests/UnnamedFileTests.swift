import Buffers
import Testing

@testable import Execution

@Suite(.timeLimit(.minutes(40)))
struct UnnamedFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-unnamed-")
        defer { try? File.removeTree(folder) }
        try body(folder)
    }

    @Test func whatWasAppendedIsReadAndNothingHasAName() throws {
        try withFolder { folder in
            let file = UnnamedFile(in: folder + "/spool", byteCountMax: 10)
            try file.append("hello")
            try file.append(" you")
            #expect(try file.read(3..<7) == "lo y")
            #expect(throws: FileError.self) { try file.append("me") }
            #expect(try File.names(in: folder + "/spool") == [])
            file.reset()
            #expect(file.byteCount == 0)
            try file.append("again")
            #expect(try file.read(0..<5) == "again")
        }
    }

    /// The file itself has no name that would tell which disk is full.
    @Test func anErrorNamesTheFolder() throws {
        try withFolder { folder in
            try File.replace(folder + "/file", with: "not a folder")
            let file = UnnamedFile(in: folder + "/file", byteCountMax: 10)
            let error = #expect(throws: FileError.self) { try file.append("hello") }
            let expected = "write temporary data in \(folder)/file: "
            #expect(error?.description.hasPrefix(expected) == true)
        }
    }

    @Test func whatACrashLeftBehindIsNoHindrance() throws {
        try withFolder { folder in
            let path = folder + "/unnamed-1-1"
            try File.replace(path, with: "old")
            let file = try UnnamedFile.make(path)
            try file.write("new")
            #expect(try file.read(at: 0, count: 3) == "new")
            #expect(try !File.exists(path))
        }
    }
}
