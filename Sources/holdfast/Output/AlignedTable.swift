/// Aligns columns as Go's `text/tabwriter` does: a column's width is taken from the lines that stand
/// together and have it; the last cell of a line has no width.
enum AlignedTable {
    /// Lines of text from lines of cells.
    ///
    /// - Parameters:
    ///   - rows: cells; the last one of each row is not padded.
    ///   - cellWidthMin: least width of a padded cell, with its padding.
    /// - Returns: the lines, each with its newline.
    static func text(_ rows: [[String]], cellWidthMin: Int = 1) -> String {
        var widths = rows.map { [Int](repeating: 0, count: max(0, $0.count - 1)) }
        let columnCount = widths.map(\.count).max() ?? 0
        for column in 0..<columnCount {
            var start = 0
            while start < rows.count {
                guard widths[start].count > column else {
                    start += 1
                    continue
                }
                var end = start
                var width = cellWidthMin
                while end < rows.count, widths[end].count > column {
                    // One blank of padding; an empty column takes no room at all.
                    width = max(width, rows[end][column].count + 1)
                    end += 1
                }
                for row in start..<end { widths[row][column] = width }
                start = end
            }
        }
        return zip(rows, widths).map { cells, widths in
            var line = ""
            for (cell, width) in zip(cells, widths) {
                line += cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            return line + (cells.last ?? "") + "\n"
        }.joined()
    }
}
