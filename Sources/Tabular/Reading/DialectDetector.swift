/// Guesses about a text from its first rows.
enum DialectDetector {
    /// The delimiter that divides the rows of `text` most evenly; among equals the one whose cells read as numbers, dates
    /// and truth words most often, then the one that makes more cells. 0 if the first row holds none of the candidates.
    static func delimiter(
        _ text: ArraySlice<UInt8>, _ terminator: UInt8, isWhole: Bool, maximumCells: Int = .max
    ) -> UInt8 {
        var best: (score: Double, typed: Double, cells: Int, delimiter: UInt8)?
        for candidate in Dialect.candidates {
            var scanner = RecordScanner(
                text, Dialect(delimiter: candidate, terminator: terminator), maximumCells: maximumCells)
            var width = 0
            var rows = 0
            var even = 0
            var typed = 0
            var cells = 0
            while rows < 200, let row = scanner.next() {
                if scanner.hitEnd, !isWhole, rows > 0 { break }
                if row.count == 1, row[0].isEmpty { continue }
                if rows == 0 { width = row.count }
                rows += 1
                if row.count == width { even += 1 }
                for cell in row where !cell.isEmpty {
                    cells += 1
                    if !cell.withUnsafeBufferPointer({ CellEvidence.of($0).evidence.isEmpty }) { typed += 1 }
                }
            }
            guard width > 1, rows > 0, !scanner.endedInQuotes || isWhole else { continue }
            let found = (Double(even) / Double(rows), Double(typed) / Double(max(cells, 1)), width, candidate)
            guard let current = best else {
                best = found
                continue
            }
            if abs(found.0 - current.score) > 0.1 {
                if found.0 > current.score { best = found }
            } else if abs(found.1 - current.typed) > 0.05 {
                if found.1 > current.typed { best = found }
            } else if found.2 > current.cells {
                best = found
            }
        }
        return best?.delimiter ?? 0
    }

    /// Whether `first` names the columns of `rows`: it does unless one of its cells reads as a number or a date and no
    /// column contradicts, that is none holds typed cells under a first cell that is not.
    static func isHeader(_ first: [[UInt8]], _ rows: [[[UInt8]]], _ markers: Set<[UInt8]>) -> Bool {
        func kinds(_ cell: [UInt8]) -> CellEvidence {
            cell.withUnsafeBufferPointer { CellEvidence.of($0).evidence }.subtracting(.booleans)
        }
        let firstKinds = first.map(kinds)
        guard firstKinds.contains(where: { !$0.isEmpty }) else { return true }
        for (index, kind) in firstKinds.enumerated() where kind.isEmpty && !first[index].isEmpty {
            if markers.contains(first[index]) { continue }
            let cells = rows.lazy.filter { index < $0.count }.map { $0[index] }
                .filter { !$0.isEmpty && !markers.contains($0) }
            var below = CellEvidence.all
            var count = 0
            for cell in cells {
                below.formIntersection(kinds(cell))
                count += 1
            }
            if count > 0, !below.isEmpty { return true }
        }
        return false
    }
}
