package import Buffers
package import Multiformats

/// Makes the keys of `meta/`: the first byte is the table.
///
/// - Spec: `Docs/formats/meta.md`.
package enum MetaKey {
    /// Table `b`: the index.
    package static let indexTable = UInt8(ascii: "b")
    /// Table `z`: blocks that failed a check.
    package static let quarantineTable = UInt8(ascii: "z")

    /// The tables that have no rows.
    static let storeTables = Set("bfhz".utf8)

    /// Table `h`: the one record with the high-water mark and the counters.
    package static let highWaterMark = Key([UInt8(ascii: "h")])
    /// Table `f`: why the index cannot be trusted at the next start; absent when it can.
    package static let indexDoubt = Key([UInt8(ascii: "f")])

    /// The index entry of a block.
    package static func index(_ multihash: Multihash) -> Key { key(indexTable, multihash) }

    /// The quarantine record of a block.
    package static func quarantine(_ multihash: Multihash) -> Key {
        key(quarantineTable, multihash)
    }

    /// The key without its table byte.
    package static func rest(of key: Key) -> Bytes { Bytes(Array(key.bytes.dropFirst())) }

    private static func key(_ table: UInt8, _ multihash: Multihash) -> Key {
        Key([table] + multihash.bytes.array)
    }
}
