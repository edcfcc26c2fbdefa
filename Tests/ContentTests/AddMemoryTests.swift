import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

/// What an add remembers until its end is counted, and has a limit.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct AddMemoryTests {
    /// In one folder, at the top, as folders, and as links below a later top.
    @Test(arguments: ["d/", "", "folders", "links"])
    func manyLongNamesEndTheAdd(place: String) throws {
        let scratch = try ScratchLibrary()
        // A hundred megabytes of names take a sanitizer more than a minute.
        let access = scratch.library.access(
            for: RequestContext(deadline: .after(.seconds(900))))
        var reported = 0
        do {
            let session = try AddSession(access, options: ImportOptions()) { _ in reported += 1 }
            if place == "links" { try session.add("first", Bytes(utf8: "first")) }
            let error = contentError {
                for number in 0..<8_000 {
                    let name = "\(number)" + String(repeating: "n", count: 15_000)
                    switch place {
                    case "folders": try session.addFolder(at: EntryPath(cleaning: name))
                    case "links":
                        try session.addSymlink(
                            at: EntryPath(cleaning: "later/" + name), target: "x")
                    default: try session.add(place + name, Bytes(utf8: "\(number)"))
                    }
                }
                try session.finish(pinning: .none)
            }
            #expect(error?.code == .tooMuchMemory)
            #expect(scratch.library.entryBudget.inUse > 64 << 20)
            withExtendedLifetime(session) {}
        }
        #expect(scratch.library.entryBudget.inUse == 0)
    }

    @Test func manyFilesOfUsualNamesFit() throws {
        let scratch = try ScratchLibrary()
        let session = try AddSession(scratch.access, options: ImportOptions()) { _ in }
        for number in 0..<20_000 { try session.add("d/file-\(number)", .empty) }
        #expect(scratch.library.entryBudget.inUse < 3 << 20)
        #expect(try session.finish(pinning: .none).count == 1)
    }
}
