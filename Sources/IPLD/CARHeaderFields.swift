import Buffers
import Multiformats

/// The two fields of a CAR's header, picked out of a walk through its map. Of a field that is there
/// twice the first counts, and others are passed over.
struct CARHeaderFields {
    private enum Field: CaseIterable {
        case version, roots

        var key: Bytes { self == .version ? Bytes(utf8: "version") : Bytes(utf8: "roots") }
    }

    private var version: UInt64?
    private var roots: [CID]?
    private var problem: String?
    private var seen: Set<Field> = []
    /// The field whose value comes next, or whose list is open.
    private var field: Field?
    private var depth = 0

    /// What the header says.
    ///
    /// - Throws: `.header`.
    var values: (version: UInt64, roots: [CID]) {
        get throws(CARError) {
            guard let version else { throw CARError(.header, "invalid header: no version") }
            if let problem { throw CARError(.header, "invalid header: \(problem)") }
            // The pragma of version 2 has none.
            guard roots != nil || version != 1 else {
                throw CARError(.header, "invalid header: no roots")
            }
            return (version, roots ?? [])
        }
    }

    /// Reads a header.
    ///
    /// - Parameter walk: at its start.
    /// - Throws: what the walk throws.
    mutating func read(_ walk: CBORWalk) throws(IPLDError) {
        var walk = walk
        while let event = try walk.next() { take(event) }
    }

    private mutating func take(_ event: IPLDEvent) {
        switch event {
        case .key(let key):
            guard depth == 1 else { return }
            field = Field.allCases.first { key.isSame(as: $0.key) && !seen.contains($0) }
            if let field { seen.insert(field) }
        case .end:
            depth -= 1
            if depth == 1 { field = nil }
        default:
            if depth == 1 {
                takeValue(event)
            } else if depth == 2, field == .roots {
                takeRoot(event)
            }
            if event.opens { depth += 1 }
        }
    }

    private mutating func takeValue(_ event: IPLDEvent) {
        switch (field, event) {
        case (.version, .integer(let number)): version = UInt64(exactly: number) ?? 0
        case (.roots, .list): roots = []
        case (.roots, _): problem = "roots are no list"
        default: break
        }
        if !event.opens || field != .roots { field = nil }
    }

    private mutating func takeRoot(_ event: IPLDEvent) {
        guard case .link(let cid) = event else {
            problem = "a root is no link"
            return
        }
        guard (roots?.count ?? 0) < Limits.carRootsMax else {
            problem = "more than \(Limits.carRootsMax) roots"
            return
        }
        roots?.append(cid)
    }
}
