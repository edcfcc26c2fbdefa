import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

/// What an add remembers until its end is counted, and has a limit.
@Suite(.serialized, .timeLimit(.minutes(40)))
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
                    case "folders":
                        try session.addFolder(at: EntryPath(cleaning: Bytes(utf8: name)))
                    case "links":
                        try session.addSymlink(
                            at: EntryPath(cleaning: Bytes(utf8: "later/" + name)), target: "x")
                    default: try session.add(place + name, Bytes(utf8: "\(number)"))
                    }
                }
                try session.finish(pinning: .none)
            }
            #expect(error?.code == .tooMuchMemory)
            // One add may have much, a crowd of small ones less.
            let (shared, reserve) = (
                scratch.library.entryMemory.budget, scratch.library.entryMemory.reserve
            )
            #expect(shared.inUse > shared.limit - (1 << 20))
            #expect(reserve.inUse == reserve.limit)
            withExtendedLifetime(session) {}
        }
        #expect(scratch.library.entryMemory.budget.inUse == 0)
        #expect(scratch.library.entryMemory.reserve.inUse == 0)
    }

    @Test func manyFilesOfUsualNamesFit() throws {
        let scratch = try ScratchLibrary()
        let session = try AddSession(scratch.access, options: ImportOptions()) { _ in }
        for number in 0..<20_000 { try session.add("d/file-\(number)", .empty) }
        #expect(scratch.library.entryMemory.budget.inUse < 3 << 20)
        #expect(try session.finish(pinning: .none).count == 1)
    }

    /// Whoever chooses long nodes and short chunks chooses how many links wait for their node.
    @Test(arguments: [FileLayout.Kind.balanced, FileLayout.Kind.trickle])
    func linksOfUnfinishedNodesAreCounted(layout: FileLayout.Kind) throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.entryMemory.budget
        let session = try AddSession(scratch.access, options: shortChunks(layout)) { _ in }
        try session.beginFile(at: EntryPath(cleaning: "file"))
        try session.write(Bytes([UInt8](repeating: 1, count: 20_000)))
        try session.pause()
        // A link has a CID of 36 bytes, and a size in the message of the node.
        #expect(budget.inUse > 20_000 * 2 * 45)
        try session.endFile()
        try session.pause()
        // The entry itself is within what is free.
        #expect(budget.inUse == 0)
        #expect(try session.finish(pinning: .none).count == 1)
    }

    /// A node that is complete gives back what its links took.
    @Test func completeNodesAreNotCounted() throws {
        let scratch = try ScratchLibrary()
        var options = shortChunks(.balanced)
        options.maxFileLinks = 1_000
        let session = try AddSession(scratch.access, options: options) { _ in }
        try session.beginFile(at: EntryPath(cleaning: "file"))
        for _ in 0..<40 {
            try session.write(Bytes([UInt8](repeating: 1, count: 1_000)))
            try session.pause()
        }
        #expect(scratch.library.entryMemory.budget.inUse < 256 << 10)
    }

    private func shortChunks(_ layout: FileLayout.Kind) -> ImportOptions {
        var options = ImportOptions()
        options.chunker = .fixed(1)
        options.maxFileLinks = 40_000
        options.layout = layout
        options.rawLeaves = true
        options.cidVersion = .v1
        return options
    }

    /// A client may stop behind the head of a part, for a file or for a link.
    @Test(arguments: [false, true])
    func thePathOfTheEntryAtHandCounts(isLink: Bool) throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.entryMemory.budget
        let name = String(repeating: "n", count: 50)
        let long = Array(repeating: name, count: 257).joined(separator: "/")
        let path = try EntryPath(cleaning: Bytes(utf8: long))
        do {
            let session = try AddSession(scratch.access, options: ImportOptions()) { _ in }
            if isLink {
                try session.beginSymlink(at: path)
            } else {
                try session.beginFile(at: path)
            }
            try session.pause()
            #expect(budget.inUse >= path.memoryByteCount)
            if isLink {
                try session.addSymlink(at: path, target: "x")
            } else {
                try session.endFile()
            }
            #expect(try session.finish(pinning: .none).count == 1)
        }
        #expect(budget.inUse == 0)
    }
}
