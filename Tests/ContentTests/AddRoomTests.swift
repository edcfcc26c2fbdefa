import Buffers
import Multiformats
import Testing
import UnixFS

@testable import Content

/// What an add makes room for before a file stands in line is what its place takes at most.
@Suite(.timeLimit(.minutes(40)))
struct AddRoomTests {
    /// A folder is paid for with the first file in it, not with each: of short names some hundreds of files
    /// more are in line before the add has to wait for those in front.
    @Test(arguments: ["top-", "d/", "a/b/c/"], [false, true])
    func thePlaceOfAFileTakesNoMoreThanWasMadeRoomFor(folder: String, wraps: Bool) throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.wrapsWithDirectory = wraps
        // The results of a second top wait until the end.
        let session = try AddSession(scratch.access, options: options) { _ in }
        try session.add("first", Bytes(utf8: "first"))
        for number in 0..<200 {
            try session.add(folder + "\(number)", Bytes(utf8: "\(number)"))
            try session.pause()
            #expect(session.pendingByteCount == 0)
            let path = try EntryPath(cleaning: Bytes(utf8: folder + "x\(number)"))
            let most = AddMemory.most(at: path, of: path.memoryByteCount, hasFolder: true)
            let first = AddMemory.most(at: path, of: path.memoryByteCount, hasFolder: false)
            #expect(most + path.names.count * AddMemory.folderBytes <= first)
            let before = session.memory.byteCount
            try session.add(folder + "x\(number)", Bytes(utf8: "x\(number)"))
            try session.pause()
            #expect(session.memory.byteCount - before <= most)
        }
        try session.finish(pinning: .none)
    }
}
