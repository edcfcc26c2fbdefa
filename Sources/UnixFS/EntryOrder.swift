import Buffers

/// The entries of a directory in an order, each name once: of several with one name the last
/// that was added stays.
struct EntryOrder {
    /// The start of the name, or its hash: most comparisons end here.
    struct Key {
        let value: UInt64
        let position: UInt64
    }

    let keys: [Key]

    /// By the bytes of the names, unsigned, shorter first where one begins the other.
    init(byName table: EntryTable) {
        self.init(table) { name in
            var reader = ByteReader(name)
            var value: UInt64 = 0
            for _ in 0..<8 { value = value << 8 | UInt64((try? reader.readByte()) ?? 0) }
            return value
        }
    }

    /// By the hash of the names, as HAMT directories order them.
    init(byHash table: EntryTable) {
        self.init(table, value: MurmurHash3.first64(of:))
    }

    private init(_ table: EntryTable, value: (Bytes) -> UInt64) {
        var keys = table.positions.map { Key(value: value(table.name(at: $0)), position: $0) }
        keys.sort { left, right in
            if left.value != right.value { return left.value < right.value }
            let (first, second) = (table.name(at: left.position), table.name(at: right.position))
            if first != second { return first < second }
            return left.position < right.position
        }
        self.keys = keys.indices.filter { index in
            index + 1 == keys.count || keys[index].value != keys[index + 1].value
                || table.name(at: keys[index].position)
                    != table.name(at: keys[index + 1].position)
        }.map { keys[$0] }
    }
}
