/// All commands, found by their words.
struct CommandTree: Sendable {
    /// Sorted by name.
    let commands: [ProgramCommand]
    /// What the groups are for, by name.
    let groups: [String: String]
    private let byName: [String: ProgramCommand]

    init(_ commands: [ProgramCommand], groups: [String: String]) {
        self.commands = commands.sorted { $0.name < $1.name }
        self.groups = groups
        byName = Dictionary(commands.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The command of exactly these words, or nil for groups and unknown words.
    func command(_ words: [String]) -> ProgramCommand? { byName[words.joined(separator: " ")] }

    /// The words that may follow, sorted.
    func children(of words: [String]) -> [String] {
        var children: [String] = []
        for command in commands where command.words.count > words.count {
            guard command.words.starts(with: words) else { continue }
            let child = command.words[words.count]
            if children.last != child { children.append(child) }
        }
        return Array(Set(children)).sorted()
    }

    /// The summary of a command or group.
    func summary(of words: [String]) -> String {
        command(words)?.summary ?? groups[words.joined(separator: " ")] ?? ""
    }
}
