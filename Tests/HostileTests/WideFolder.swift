import TestSupport

/// A folder whose page takes much memory while it is made: many entries, spread over shards, below a long
/// path, all of which stands in each row.
struct WideFolder {
    /// Below `/ipfs/`, with the slash at its end.
    let path: String

    init(addedTo node: RunningNode) throws {
        let added = try node.place.shell(
            """
            part=$(printf "&%.0s" $(seq 250)); name=$(printf "n%.0s" $(seq 200))
            mkdir -p "wide/$part/$part/$part/$part"
            for number in $(seq 1000 3999); do echo > "wide/$part/$part/$part/$part/$number$name"; done
            holdfast add -rQ wide && rm -r wide
            """)
        let root = added.outputText.dropLast()
        guard added.exitCode == 0, !root.isEmpty else {
            throw HonestContent.NotAdded(error: added.errorText)
        }
        let segment = String(repeating: "&", count: 250) + "/"
        path = root + "/" + String(repeating: segment, count: 4)
    }
}
