import Buffers
import Execution
import TestSupport
import Testing

/// The files of this repository, and the program that was built from them.
enum SourceTree {
    /// Paths of all Swift files from the root.
    static func swiftFiles() throws -> [String] {
        try ["Sources", "Tests", "tools"].flatMap { try files(below: $0) }.filter {
            $0.hasSuffix(".swift")
        }
    }

    static func text(of path: String) throws -> String {
        try #require(try File.readAll(ProjectFolder.path(path), limit: 1 << 22).utf8Text)
    }

    static func lines(of path: String) throws -> [String] {
        try text(of: path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    static func topLevel() throws -> [String] { try File.names(in: ProjectFolder.path("")) }

    /// The libraries that the program of this build names, as text.
    static func builtProgram() throws -> String {
        let program = try File.readAll(BuiltProgram.path("holdfast"), limit: 1 << 30)
        return program.withSpan { span in
            var names = ""
            var name: [UInt8] = []
            for index in 0..<span.byteCount {
                let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
                if byte >= 0x20, byte < 0x7f { name.append(byte); continue }
                if name.starts(with: Array("lib".utf8)) {
                    names += String(decoding: name, as: UTF8.self) + "\n"
                }
                name.removeAll(keepingCapacity: true)
            }
            return names
        }
    }

    private static func files(below folder: String) throws -> [String] {
        guard try File.exists(ProjectFolder.path(folder)) else { return [] }
        return try File.names(in: ProjectFolder.path(folder)).flatMap { name -> [String] in
            let path = folder + "/" + name
            if name.hasPrefix(".") || path == "Tests/Fixtures" { return [] }
            return try File.status(of: ProjectFolder.path(path)).kind == .folder
                ? try files(below: path) : [path]
        }
    }
}
