/// Looks at Swift source line by line: enough for tidy rules, and no more than that.
enum SourceText {
    /// The lines with comments and the contents of texts blanked out.
    static func code(of lines: [String]) -> [String] {
        var isInLongText = false
        return lines.map { line in
            let quotes = line.components(of: "\"\"\"")
            defer { if quotes % 2 == 1 { isInLongText.toggle() } }
            if isInLongText || quotes > 0 { return "" }
            return blanked(line)
        }
    }

    private static func blanked(_ line: String) -> String {
        var result = ""
        var isInText = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { isInText.toggle() }
            if !isInText, character == "/", previous == "/" {
                result.removeLast()
                break
            }
            result.append(isInText ? "\"" : character)
            previous = previous == "\\" && character == "\\" ? " " : character
        }
        return result
    }

    /// Whether a word stands in a line and not only as part of a longer name.
    static func contains(word: String, in line: String) -> Bool {
        let text = Array(line.utf8)
        let pattern = Array(word.utf8)
        guard text.count >= pattern.count else { return false }
        return (0...(text.count - pattern.count)).contains { start in
            guard text[start..<start + pattern.count].elementsEqual(pattern) else { return false }
            let before = start == 0 ? nil : text[start - 1]
            let end = start + pattern.count
            let after = end == text.count ? nil : text[end]
            let endsInName = pattern.last.map(isName) ?? false
            return !(before.map { isName($0) || $0 == UInt8(ascii: "@") } ?? false)
                && !(endsInName && (after.map(isName) ?? false))
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// `@unchecked Sendable` without "because" in the comment above the declaration.
    static func unexplainedSendables(_ lines: [String]) -> [Int] {
        code(of: lines).enumerated().compactMap { index, line in
            guard line.contains("@unchecked Sendable") else { return nil }
            return comment(above: index, in: lines).lowercased().contains("because")
                ? nil : index + 1
        }
    }

    /// `package` declarations without a doc comment. Initialisers are left to the author: many only
    /// store what they get.
    static func undocumentedDeclarations(_ lines: [String]) -> [Int] {
        let kinds = [
            "func ", "struct ", "class ", "enum ", "protocol ", "actor ", "typealias ",
            "var ", "let ",
        ]
        return lines.enumerated().compactMap { index, line in
            let text = line.drop { $0 == " " }
            guard text.hasPrefix("package "), kinds.contains(where: { text.contains($0) }) else {
                return nil
            }
            if text.contains("import ") || isWitness(text) || isNamedByItsType(text) {
                return nil
            }
            let above = comment(above: index, in: lines)
            // A run of stored properties may share the comment of the first one.
            return above.contains("///") || isInDocumentedRun(index, lines) ? nil : index + 1
        }
    }

    /// Whether a declaration fulfils a protocol of the project or of the standard library: the
    /// protocol says what it does.
    private static func isWitness(_ declaration: Substring) -> Bool {
        let known = [
            "static func ==", "static func <", "func hash(into", "var description: String",
            " rawValue: ",
        ]
        return known.contains { declaration.contains($0) }
            || requirements.contains { contains(word: $0, in: String(declaration)) }
    }

    /// Whether a stored property is called what its type is called: `let cid: CID`.
    private static func isNamedByItsType(_ declaration: Substring) -> Bool {
        let words = declaration.split(whereSeparator: { " :".contains($0) }).map { $0.lowercased() }
        return words.count == 4 && ["let", "var"].contains(words[1])
            && words[3].hasSuffix(words[2])
    }

    /// `func name` and `var name` of every protocol in the tree.
    private static let requirements: [String] = {
        let paths = (try? SourceTree.swiftFiles()) ?? []
        return paths.filter { $0.hasPrefix("Sources/") }.flatMap { path -> [String] in
            var isInProtocol = false
            return ((try? SourceTree.lines(of: path)) ?? []).compactMap { line in
                if line.contains("protocol "), line.hasSuffix("{") { isInProtocol = true }
                if line == "}" { isInProtocol = false }
                guard isInProtocol else { return nil }
                let words = line.split(whereSeparator: { " (:<".contains($0) }).map(String.init)
                guard let kind = words.firstIndex(where: { $0 == "func" || $0 == "var" }),
                    kind + 1 < words.count
                else { return nil }
                return "\(words[kind]) \(words[kind + 1])"
            }
        }
    }()

    /// Named constants (statuses, methods) say all there is to say in their names and values.
    private static func isInDocumentedRun(_ index: Int, _ lines: [String]) -> Bool {
        if lines[index].contains("package static let "),
            isConstant(index - 1, lines) || isConstant(index + 1, lines)
        {
            return true
        }
        guard
            lines[index].contains(" let ") || lines[index].contains(" var ")
                || lines[index].contains(" static let ")
        else { return false }
        var line = index - 1
        while line >= 0,
            lines[line].contains("package let ") || lines[line].contains("package var ")
                || lines[line].contains("package static let ")
        {
            if comment(above: line, in: lines).contains("///") { return true }
            line -= 1
        }
        return false
    }

    private static func isConstant(_ index: Int, _ lines: [String]) -> Bool {
        lines.indices.contains(index) && lines[index].contains("package static let ")
    }

    /// The comment and attribute lines directly above a line.
    private static func comment(above index: Int, in lines: [String]) -> String {
        var collected: [String] = []
        var line = index - 1
        while line >= 0 {
            let text = lines[line].drop { $0 == " " }
            guard text.hasPrefix("//") || text.hasPrefix("@") else { break }
            collected.append(lines[line])
            line -= 1
        }
        return collected.joined(separator: "\n")
    }
}

extension String {
    /// How often a text occurs, without overlaps.
    fileprivate func components(of separator: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
