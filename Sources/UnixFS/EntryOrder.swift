import Buffers

/// The entries of a directory in an order, each name once: of several with one name the last
/// that was added stays.
///
/// A million entries take 16 MB here and half of that while they are sorted. So there is one list,
/// which is put in another order where it stands, and it takes the place of the table's own: what an
/// add is charged for an entry has room for one of the two.
struct EntryOrder {
    /// The start of the name, or its hash: most comparisons end here.
    struct Key {
        let value: UInt64
        let position: UInt64
    }

    private(set) var keys: [Key]

    /// By the hash of the names, as HAMT directories order them. Takes the positions out of the table.
    init(byHash table: inout EntryTable) {
        keys = Self.keys(table.takePositions(), in: table)
        Self.sort(&keys, in: table)
        removeRepetitions(in: table)
    }

    /// Changes to the order of the bytes of the names, unsigned, shorter first where one begins the
    /// other.
    mutating func orderByName(in table: EntryTable) {
        for index in keys.indices {
            let position = keys[index].position
            keys[index] = Key(value: Self.start(of: table.name(at: position)), position: position)
        }
        Self.sort(&keys, in: table)
    }

    /// The positions are gone at the end of this, before anything is sorted.
    private static func keys(_ positions: consuming [UInt64], in table: EntryTable) -> [Key] {
        positions.map { Key(value: MurmurHash3.first64(of: table.name(at: $0)), position: $0) }
    }

    private static func start(of name: Bytes) -> UInt64 {
        var reader = ByteReader(name)
        var value: UInt64 = 0
        for _ in 0..<8 { value = value << 8 | UInt64((try? reader.readByte()) ?? 0) }
        return value
    }

    private static func sort(_ keys: inout [Key], in table: EntryTable) {
        keys.sort { left, right in
            if left.value != right.value { return left.value < right.value }
            let (first, second) = (table.name(at: left.position), table.name(at: right.position))
            if first != second { return first < second }
            return left.position < right.position
        }
    }

    /// Keeps the last of each name; those of one name stand beside each other.
    private mutating func removeRepetitions(in table: EntryTable) {
        var count = 0
        for index in keys.indices where isLast(index, in: table) {
            keys[count] = keys[index]
            count += 1
        }
        keys.removeLast(keys.count - count)
    }

    private func isLast(_ index: Int, in table: EntryTable) -> Bool {
        index + 1 == keys.count || keys[index].value != keys[index + 1].value
            || table.name(at: keys[index].position) != table.name(at: keys[index + 1].position)
    }
}
