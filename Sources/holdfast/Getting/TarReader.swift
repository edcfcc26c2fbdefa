import Buffers
import Execution

/// Reads a tar archive (ustar with PAX headers) as it arrives, in bounded memory.
struct TarReader: ~Copyable {
    /// What the archive holds next.
    enum Event {
        case entry(TarEntry)
        /// Content of the entry before.
        case content(Bytes)
        /// The content of the entry is complete.
        case end
    }

    private enum State {
        /// Of an entry; 512 bytes are collected.
        case header
        case content(left: UInt64, padding: Int)
        /// The records of a PAX header are collected.
        case records(byteCount: Int, padding: Int)
        /// Bytes that mean nothing.
        case skipped(left: UInt64)
        /// The first of the two blocks of zeros at the end.
        case ending
        /// Behind both; so many bytes have come there, which mean nothing.
        case finished(tail: Int)
    }

    private var state = State.header
    private var collected = ByteWriter()
    private var records = PaxRecords()

    /// Takes the next piece of the archive.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - onEvent: gets what the piece holds, in order.
    mutating func feed(_ piece: Bytes, _ onEvent: (Event) throws -> Void) throws {
        var rest = piece
        while !rest.isEmpty {
            switch state {
            case .header:
                guard let block = collect(TarBlock.byteCount, from: &rest) else { return }
                try header(block, onEvent)
            case .content(let left, let padding):
                let taken = Self.take(left, from: &rest)
                try onEvent(.content(taken))
                let nowLeft = left - UInt64(taken.count)
                state = .content(left: nowLeft, padding: padding)
                if nowLeft == 0 {
                    try onEvent(.end)
                    state = Self.state(after: padding)
                }
            case .records(let byteCount, let padding):
                guard let bytes = collect(byteCount, from: &rest) else { return }
                records = try PaxRecords(parsing: bytes)
                state = Self.state(after: padding)
            case .skipped(let left):
                let taken = Self.take(left, from: &rest)
                let nowLeft = left - UInt64(taken.count)
                state = nowLeft == 0 ? .header : .skipped(left: nowLeft)
            case .ending:
                guard let block = collect(TarBlock.byteCount, from: &rest) else { return }
                guard TarBlock.isEnd(block) else {
                    throw TarError("the archive goes on behind a block of zeros")
                }
                state = .finished(tail: 0)
            case .finished(let tail): return try pass(tail + rest.count)
            }
        }
    }

    /// Counts what stands behind the end. The answer is read on there: what the node says about it
    /// comes last, and a node whose client leaves before that counts the answer as broken off.
    private mutating func pass(_ tail: Int) throws {
        guard tail <= Limits.archiveTailByteCountMax else {
            throw TarError(
                "the archive is complete, but the node goes on behind its end with more than "
                    + "\(Limits.archiveTailByteCountMax) bytes: check the address, something else "
                    + "may listen there")
        }
        state = .finished(tail: tail)
    }

    /// Ends the archive.
    ///
    /// - Throws: if it was cut short. Only the blocks of zeros at its end tell that it was not: all
    ///   that is missing may be whole entries.
    func finish() throws {
        guard case .finished = state else { throw TarError("the archive ends too early") }
    }

    /// Collects bytes; nil while some are missing.
    private mutating func collect(_ count: Int, from rest: inout Bytes) -> Bytes? {
        let taken = rest.prefix(count - collected.count)
        rest = rest.dropFirst(taken.count)
        collected.append(taken)
        return collected.count == count ? collected.takeBytes() : nil
    }

    private static func take(_ limit: UInt64, from rest: inout Bytes) -> Bytes {
        let taken = rest.prefix(Int(min(limit, UInt64(rest.count))))
        rest = rest.dropFirst(taken.count)
        return taken
    }

    private static func state(after padding: Int) -> State {
        padding == 0 ? .header : .skipped(left: UInt64(padding))
    }

    private mutating func header(_ bytes: Bytes, _ onEvent: (Event) throws -> Void) throws {
        guard !TarBlock.isEnd(bytes) else {
            guard records == PaxRecords() else {
                throw TarError("the archive ends behind a header that belongs to an entry")
            }
            state = .ending
            return
        }
        let block = try TarBlock(bytes)
        switch block.type {
        case UInt8(ascii: "x"): try startRecords(block)
        // Records for all entries; none of them is about an entry.
        case UInt8(ascii: "g"): try skip(block)
        default: try startEntry(block, onEvent)
        }
    }

    private mutating func startRecords(_ block: TarBlock) throws {
        let byteCount = try block.contentByteCount()
        guard byteCount > 0, byteCount <= UInt64(Limits.paxByteCountMax) else {
            throw TarError("a header of the archive is over \(Limits.paxByteCountMax) bytes")
        }
        state = .records(byteCount: Int(byteCount), padding: Self.padding(after: byteCount))
    }

    private mutating func skip(_ block: TarBlock) throws {
        let byteCount = try block.contentByteCount()
        guard byteCount <= UInt64(Limits.paxByteCountMax) else {
            throw TarError("a header of the archive is over \(Limits.paxByteCountMax) bytes")
        }
        let left = byteCount + UInt64(Self.padding(after: byteCount))
        state = left == 0 ? .header : .skipped(left: left)
    }

    private mutating func startEntry(_ block: TarBlock, _ onEvent: (Event) throws -> Void) throws {
        let byteCount = try records.byteCount ?? block.contentByteCount()
        let entry = TarEntry(
            kind: try kind(block), path: records.path ?? block.path, byteCount: byteCount,
            mode: try block.mode(), modified: try records.modified ?? block.modified())
        records = PaxRecords()
        guard byteCount == 0 || entry.kind == .file else {
            throw TarError("the archive has content behind a folder or a link")
        }
        try onEvent(.entry(entry))
        if byteCount > 0 {
            state = .content(left: byteCount, padding: Self.padding(after: byteCount))
        } else {
            try onEvent(.end)
        }
    }

    private func kind(_ block: TarBlock) throws -> TarEntry.Kind {
        switch block.type {
        case 0, UInt8(ascii: "0"): .file
        case UInt8(ascii: "5"): .folder
        case UInt8(ascii: "2"): .link(target: records.linkTarget ?? block.linkTarget)
        default: throw TarError("the archive has an entry of unknown type \(block.type)")
        }
    }

    private static func padding(after byteCount: UInt64) -> Int {
        let size = UInt64(TarBlock.byteCount)
        return Int((size - byteCount % size) % size)
    }
}
