import Buffers
import Multiformats

/// The two fields of a CAR's header, picked out of a walk through its map. One that is there twice
/// is refused: readers differ in which of them they take. Others are passed over.
struct CARHeaderFields {
    private enum Field: CaseIterable {
        case version, roots

        var key: Bytes { self == .version ? Bytes(utf8: "version") : Bytes(utf8: "roots") }
    }

    private var version: Int128?
    private var roots: [CID]?
    private var problem: String?
    private var seen: Set<Field> = []
    /// The field whose value comes next, or whose list is open.
    private var field: Field?
    private var depth = 0

    /// What the header says.
    ///
    /// - Throws: `.header`.
    var values: (version: Int128, roots: [CID]) {
        get throws(CARError) {
            if let problem { throw CARError(.header, "invalid header: \(problem)") }
            guard let version else { throw CARError(.header, "invalid header: no version") }
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
            field = Field.allCases.first { key.isSame(as: $0.key) }
            if let field, !seen.insert(field).inserted {
                refuse("the key \"\(field)\" is there twice")
            }
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
        case (.version, .integer(let number)): version = number
        case (.version, _): refuse("the version is no integer")
        case (.roots, .list): roots = []
        case (.roots, _): refuse("roots are no list")
        default: break
        }
        if !event.opens || field != .roots { field = nil }
    }

    private mutating func takeRoot(_ event: IPLDEvent) {
        guard case .link(let cid) = event else {
            return refuse("a root is no link")
        }
        guard (roots?.count ?? 0) < Limits.carRootsMax else {
            return refuse("more than \(Limits.carRootsMax) roots")
        }
        roots?.append(cid)
    }

    /// The first problem is the one that is told.
    private mutating func refuse(_ why: String) { problem = problem ?? why }
}
