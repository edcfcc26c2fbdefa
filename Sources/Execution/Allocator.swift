private import CMalloc

/// glibc's allocator, of which the whole process has one.
///
/// It keeps what is freed for the next allocation, for good where something small still stands above
/// it; decision 11 has what was measured with which setting.
package enum Allocator {
    /// Few arenas: many threads otherwise keep memory that never comes back (stack.md 7, 5).
    static func prepare() {
        mallopt(M_ARENA_MAX, 4)
        keepLittleFreedMemory(false)
    }

    /// Keeps freed memory for the next large buffer instead of giving it back to the system. For a
    /// command that moves a lot of data and then ends: it saves two thirds of the system's time in
    /// `add` (0.94 to 0.34 s for 1 GiB, 264,000 page faults to 4,500).
    package static func keepFreedMemory() { mallopt(M_TRIM_THRESHOLD, 32 << 20) }

    /// Keeps less freed memory for a while, or as much as usual again. Each arena keeps so much at its end:
    /// with 4 MiB instead of 16 an add takes a twentieth more of a processor, and a node full of large
    /// blocks has 10 to 30 MiB less. And what is large is mapped by itself meanwhile: between two trims
    /// the holes that it leaves in the arenas are a quarter of their memory.
    static func keepLittleFreedMemory(_ isLittle: Bool) {
        // Left alone, glibc raises the size from which memory is mapped by itself to that of the
        // largest block freed, up to 32 MiB: blocks of 30 MiB then stay in every arena. Setting it
        // fixes the other threshold too, at 128 KiB, which costs adds a tenth.
        mallopt(M_TRIM_THRESHOLD, isLittle ? 1 << 20 : 16 << 20)
        mallopt(M_MMAP_THRESHOLD, isLittle ? 128 << 10 : 4 << 20)
    }

    /// Gives pages of freed memory back to the system, from all arenas.
    static func trim() { malloc_trim(0) }

    /// Bytes that are allocated and not freed, with what threads keep to allocate again; pages of them that
    /// nobody has touched take no memory.
    ///
    /// - Complexity: goes over the free pieces of all arenas, each of which stands still meanwhile.
    package static var usedByteCount: UInt64 {
        let figures = mallinfo2()
        return UInt64(clamping: figures.uordblks) + UInt64(clamping: figures.hblkhd)
    }
}
