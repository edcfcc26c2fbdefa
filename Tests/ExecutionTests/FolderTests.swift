import Buffers
import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
struct FolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-folder-")
        defer { try? File.removeTree(folder) }
        try body(folder)
    }

    @Test(
        arguments: [
            "", ".", "..", "a/b", "/", "a\0b", Bytes([UInt8](repeating: 0x61, count: 256)),
        ] as [Bytes])
    func whatIsNoNameIsRefusedByEveryCall(name: Bytes) throws {
        try withFolder { path in
            let folder = try Folder(path)
            #expect(Folder.objection(to: name) != nil)
            #expect(throws: FileError.self) { try folder.makeFile(name) }
            #expect(throws: FileError.self) { try folder.makeFolder(name) }
            #expect(throws: FileError.self) { try folder.makeLink(name, to: "x") }
            #expect(throws: FileError.self) { try folder.folder(name) }
            #expect(throws: FileError.self) { try folder.openFile(name) }
            #expect(throws: FileError.self) { try folder.linkTarget(of: name) }
            #expect(throws: FileError.self) { try folder.remove(name) }
            #expect(throws: FileError.self) { try folder.status(of: name) }
            #expect(throws: FileError.self) { try folder.setModified(.now, of: name) }
            #expect(try File.rawNames(in: path) == [])
        }
    }

    @Test func namesOfAnyBytesAreKept() throws {
        try withFolder { path in
            let folder = try Folder(path)
            let names: [Bytes] = [[0xfe], [0xff], Bytes(utf8: "e\u{301}"), Bytes(utf8: "\u{e9}")]
            for name in names { try folder.makeFile(name).write(name) }
            #expect(try File.rawNames(in: path) == names.sorted())
            for name in names {
                let file = [Bytes(utf8: path), name].joined(separator: "/")
                #expect(try File.readAll(file, limit: 9) == name)
            }
            try folder.makeLink("l", to: [0xff, 0xfe])
            #expect(try File.linkTarget(of: path + "/l") == [0xff, 0xfe])
            #expect(throws: FileError.self) { try folder.makeLink("m", to: "a\0b") }
        }
    }

    @Test func noLinkIsFollowedAndNothingIsReplaced() throws {
        try withFolder { path in
            try File.makeFolder(path + "/out")
            try File.makeFolder(path + "/elsewhere")
            try File.replace(path + "/precious", with: "keep")
            let folder = try Folder(path + "/out")
            try folder.makeLink("d", to: "../elsewhere")
            try folder.makeLink("f", to: "../precious")
            try folder.makeLink("n", to: "../new")
            #expect(throws: FileError.self) { try folder.folder("d") }
            #expect(throws: FileError.self) { try folder.openFile("f") }
            #expect(try folder.linkTarget(of: "f") == "../precious")
            for _ in 0..<2 { #expect(try folder.names() == ["d", "f", "n"]) }
            let inner = try Folder(path).folder("out")
            #expect(try inner.status() == folder.status())
            #expect(try inner.folderAbove(path: "above").names().count == 3)
            for name: Bytes in ["d", "f", "n"] {
                #expect(throws: FileError.self) { try folder.makeFile(name) }
                #expect(throws: FileError.self) { try folder.makeFolder(name) }
                #expect(try folder.status(of: name)?.kind == .symbolicLink)
                try folder.setModified(WallTime(seconds: 1), of: name)
            }
            #expect(try File.rawNames(in: path) == ["elsewhere", "out", "precious"])
            #expect(try File.status(of: path + "/precious").modified.seconds != 1)
            try folder.remove("f")
            #expect(try File.readAll(path + "/precious", limit: 9) == "keep")
        }
    }

    /// The folder stays the one that was opened, whatever stands at its path by now.
    @Test func aFolderThatWasReplacedByALinkIsNotFollowed() throws {
        try withFolder { path in
            try File.makeFolder(path + "/out/sub")
            try File.makeFolder(path + "/elsewhere")
            let sub = try Folder(path + "/out").folder("sub")
            try File.rename(path + "/out/sub", to: path + "/moved")
            try File.makeLink(path + "/out/sub", to: "../elsewhere")
            try sub.makeFile("x").close()
            #expect(try File.rawNames(in: path + "/elsewhere") == [])
            #expect(try File.rawNames(in: path + "/moved") == ["x"])
        }
    }

    @Test func pathsWithANulAreRefusedAndNotCut() throws {
        try withFolder { path in
            try File.replace(path + "/a", with: "x")
            let name = path + "/a\0b"
            #expect(throws: FileError.self) { try File(name, .read) }
            #expect(throws: FileError.self) { try File.status(of: name) }
            #expect(throws: FileError.self) { try File.remove(name) }
            #expect(throws: FileError.self) { try File.makeLink(path + "/l", to: "a\0b") }
            #expect(try File.rawNames(in: path) == ["a"])
        }
    }

    @Test func treesWithNamesOfAnyBytesAreRemoved() throws {
        try withFolder { path in
            let folder = try Folder(path)
            try folder.makeFolder([0xff])
            try folder.folder([0xff]).makeFile([0xfe]).close()
            try File.removeTree([Bytes(utf8: path), [0xff]].joined(separator: "/"))
            #expect(try File.rawNames(in: path) == [])
        }
    }
}
