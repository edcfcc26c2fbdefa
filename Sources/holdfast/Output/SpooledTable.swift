import Buffers
import Execution

/// Aligns columns as `AlignedTable` does, for more rows than memory holds: they wait in a file until
/// all of them have come and the widths are known.
///
/// Rows that stand together have the same number of cells; where another number follows, another table
/// begins. The last cell of a row has no width.
struct SpooledTable {
    private let cellWidthMin: Int
    private let print: (String) throws -> Void
    /// Of all cells but the last one.
    private var widths: [Int] = []
    private var pending: [UInt8] = []
    private var file: UnnamedFile?
    /// Where the parts end that went to the file; no row is in two of them.
    private var partEnds: [UInt64] = []

    /// A table without rows.
    ///
    /// - Parameters:
    ///   - cellWidthMin: least width of a padded cell, with its padding.
    ///   - print: takes each line with its newline, in order, when it is known.
    init(cellWidthMin: Int, print: @escaping (String) throws -> Void) {
        self.cellWidthMin = cellWidthMin
        self.print = print
    }

    /// Adds a row.
    ///
    /// - Parameter cells: at least one.
    mutating func append(_ cells: [String]) throws {
        if cells.count != widths.count + 1 {
            try finish()
            widths = [Int](repeating: cellWidthMin, count: cells.count - 1)
        }
        guard cells.count > 1 else { return try print(cells[0] + "\n") }
        for column in widths.indices {
            // One blank of padding; a code point is a place, as in Go.
            widths[column] = max(widths[column], cells[column].unicodeScalars.count + 1)
        }
        for cell in cells { keep(cell) }
        if pending.count >= Limits.tableMemoryByteCountMax { try spill() }
    }

    /// Prints all rows, and starts again.
    mutating func finish() throws {
        var start: UInt64 = 0
        for end in partEnds {
            guard let file else { break }
            try printRows(in: try file.read(start..<end))
            start = end
        }
        try printRows(in: Bytes(pending))
        pending.removeAll(keepingCapacity: true)
        partEnds = []
        file = nil
        widths = []
    }

    private mutating func keep(_ cell: String) {
        let count = UInt32(cell.utf8.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            pending.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        pending += cell.utf8
    }

    private mutating func spill() throws {
        if let file {
            try file.append(Bytes(pending))
            partEnds.append(file.byteCount)
        } else {
            // A folder of our own, because others make files in the system's place for such.
            let folder = try File.makeTemporaryFolder(prefix: "holdfast-table-")
            defer { try? File.removeTree(folder) }
            let made = UnnamedFile(in: folder, byteCountMax: Limits.tableFileByteCountMax)
            try made.append(Bytes(pending))
            partEnds.append(made.byteCount)
            file = made
        }
        pending.removeAll(keepingCapacity: true)
    }

    private func printRows(in part: Bytes) throws {
        var reader = ByteReader(part)
        while !reader.isAtEnd {
            var line = ""
            for width in widths {
                let cell = try readCell(&reader)
                line += cell
                line += String(repeating: " ", count: width - cell.unicodeScalars.count)
            }
            try print(line + readCell(&reader) + "\n")
        }
    }

    private func readCell(_ reader: inout ByteReader) throws -> String {
        let count: UInt32 = try reader.readBigEndian()
        return try reader.read(Int(count)).displayText
    }
}
