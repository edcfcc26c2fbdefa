/// Names and paths are bytes (Docs/decisions/0010-names-as-bytes.md): `String` makes one of two names
/// that Unicode calls equal, and cuts them between grapheme clusters.
extension TidyRule {
    /// Text operations in files that handle names.
    static let textOperations = TidyRule(
        name: "text operation on names",
        advice: "names are bytes: use what Buffers/Bytes+Names.swift has, or say in "
            + "TidyRule+Names.swift why this is no name",
        applies: { path in
            handlesNames.contains { path.hasPrefix($0) } && noNames[path] == nil
        },
        findings: { lines in
            found(in: lines) { line in
                operations.contains { line.contains($0) }
                    || SourceText.contains(word: "Character", in: line)
            }
        })

    /// Text made for people that is compared, cut or turned back into a name.
    static let textOfNames = TidyRule(
        name: "display text as a name",
        advice: "compare, cut and look up the bytes; displayText is for people",
        applies: { path in
            path.hasPrefix("Sources/") && noNames[path] == nil
                && path != "Sources/Buffers/Bytes+Names.swift"
        },
        findings: { lines in
            found(in: lines) { line in
                guard line.contains("displayText") else { return false }
                let words = line.split(separator: " ")
                let isCompared = words.indices.contains { index in
                    guard ["==", "!=", "<", ">", "~="].contains(words[index]) else { return false }
                    return [index - 1, index + 1].contains {
                        words.indices.contains($0) && words[$0].contains("displayText")
                    }
                }
                return isCompared || line.contains("Bytes(utf8: ") && isRemade(line)
                    || cuts.contains { line.contains("displayText" + $0) }
            }
        })

    /// The files and folders where a text is most likely a name, a path or an option word.
    private static let handlesNames = [
        "Sources/holdfast/Adding/", "Sources/holdfast/Arguments/", "Sources/holdfast/Getting/",
        "Sources/holdfast/Commands/", "Sources/holdfast/Client/RPCRequest",
        "Sources/holdfast/Client/ArgumentsBody", "Sources/holdfast/Session",
        "Sources/Content/Add/", "Sources/Content/Archive/TarPath",
        "Sources/KuboRPC/Transport/Call", "Sources/KuboRPC/Transport/UploadedEntry",
        "Sources/KuboRPC/Transport/ArgumentsReceiver", "Sources/KuboRPC/Commands/AddCommand",
        "Sources/KuboRPC/Commands/ListCommand", "Sources/KuboRPC/Commands/GetCommand",
        "Sources/HTTP/Multipart", "Sources/HTTP/QueryItems", "Sources/HTTP/Parameters",
        "Sources/HTTP/ContentDisposition", "Sources/UnixFS/Ignore", "Sources/UnixFS/Glob",
        "Sources/UnixFS/Entry", "Sources/UnixFS/Directory", "Sources/UnixFS/Shard",
        "Sources/Execution/File", "Sources/Execution/Folder", "Sources/Buffers/",
    ]

    /// Files that do work on text, with the reason.
    private static let noNames = [
        "Sources/Buffers/Bytes+Names.swift": "makes the text for people",
        "Sources/Buffers/String+Shortened.swift": "cuts messages, for people",
        "Sources/Execution/FileError.swift": "the system's text for an error number",
        "Sources/Execution/File+Paths.swift": "mkdtemp gives back a path of our own",
        "Sources/holdfast/Arguments/ProgramCommand.swift": "splits names of our own commands",
        "Sources/holdfast/Commands/StatusCommand.swift": "splits the node's page into lines",
        "Sources/holdfast/Session.swift": "trims addresses and error texts",
        "Sources/Content/ContentPath.swift": "reads the CID at the start, which is ASCII",
    ]

    private static let operations = [
        "hasPrefix(", "hasSuffix(", "String(decoding:", "String(cString:", "String(validating:",
        ".isNewline", ".isWhitespace", "firstIndex(of: \"", "lastIndex(of: \"",
        "split(separator: \"", "contains(\"",
    ]

    private static let cuts = [
        ".hasPrefix", ".hasSuffix", ".split", ".contains", ".firstIndex", ".lastIndex", ".utf8",
        ".dropFirst", ".prefix", ".hashValue",
    ]

    /// Whether bytes are made of a text that was made of bytes.
    private static func isRemade(_ line: String) -> Bool {
        guard let start = line.firstRange(of: "Bytes(utf8: ") else { return false }
        return line[start.upperBound...].prefix { $0 != ")" }.contains("displayText")
    }

    private static func found(in lines: [String], _ isFound: (String) -> Bool) -> [Int] {
        SourceText.code(of: lines).enumerated().compactMap { isFound($1) ? $0 + 1 : nil }
    }
}
