/// Rows laid out for distances: panels of eight rows, within a panel all eight values of a column side by side.
package struct NeighborPanels: Sendable, Hashable {
    /// Rows of a panel.
    static let lanes = 8

    package let rowCount: Int
    package let columnCount: Int
    /// `panelCount × columnCount × 8` numbers; the last panel is filled up with zeros.
    let values: [Float]

    var panelCount: Int { (rowCount + NeighborPanels.lanes - 1) / NeighborPanels.lanes }

    /// Takes the rows of a matrix.
    init(_ matrix: DenseMatrix) {
        rowCount = matrix.rowCount
        columnCount = matrix.columnCount
        let lanes = NeighborPanels.lanes
        var values = [Float](repeating: 0, count: (matrix.rowCount + lanes - 1) / lanes * lanes * matrix.columnCount)
        for row in 0..<matrix.rowCount {
            let panel = row / lanes * lanes * matrix.columnCount
            for column in 0..<matrix.columnCount {
                values[panel + column * lanes + row % lanes] = matrix.values[row * matrix.columnCount + column]
            }
        }
        self.values = values
    }

    /// A column's values in the order of the rows.
    package func column(_ column: Int) -> [Float] {
        let lanes = NeighborPanels.lanes
        return (0..<rowCount).map { values[$0 / lanes * lanes * columnCount + column * lanes + $0 % lanes] }
    }

    init(from reader: inout BinaryReader, columnCount: Int) throws {
        rowCount = try reader.readInt(in: 1...1 << 30)
        self.columnCount = columnCount
        let lanes = NeighborPanels.lanes
        values = try reader.readFinite(count: (rowCount + lanes - 1) / lanes * lanes * columnCount)
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(Int64(rowCount))
        writer.write(values)
    }

    /// Squared distances of two queries to the eight rows of a panel.
    @inline(__always)
    func distances(
        _ panel: Int, _ values: UnsafePointer<Float>, _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>
    ) -> (SIMD8<Float>, SIMD8<Float>) {
        var source = UnsafeRawPointer(values + panel * columnCount * NeighborPanels.lanes)
        var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero)
        for column in 0..<columnCount {
            let row = source.loadUnaligned(as: SIMD8<Float>.self)
            let a = row - SIMD8(repeating: first[column])
            let b = row - SIMD8(repeating: second[column])
            sums.0 += a * a
            sums.1 += b * b
            source += 32
        }
        return sums
    }
}

/// The nearest rows found so far, nearest first; of equally near ones the lower row.
struct NearestRows {
    private let limit: Int
    private(set) var rows: [Int32] = []
    private(set) var distances: [Float] = []
    /// A row must be nearer than this to be taken.
    private(set) var bound = Float.infinity

    init(limit: Int) {
        self.limit = limit
        rows.reserveCapacity(limit)
        distances.reserveCapacity(limit)
    }

    mutating func clear() {
        rows.removeAll(keepingCapacity: true)
        distances.removeAll(keepingCapacity: true)
        bound = .infinity
    }

    /// Takes a row that is nearer than `bound`; rows come in rising order.
    mutating func insert(_ row: Int32, _ distance: Float) {
        if rows.count == limit {
            rows.removeLast()
            distances.removeLast()
        }
        var low = 0
        var high = distances.count
        while low < high {
            let middle = (low + high) / 2
            if distances[middle] <= distance { low = middle + 1 } else { high = middle }
        }
        rows.insert(row, at: low)
        distances.insert(distance, at: low)
        if rows.count == limit { bound = distances[limit - 1] }
    }
}
