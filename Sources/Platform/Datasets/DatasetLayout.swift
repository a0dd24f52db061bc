internal import Learners

/// Which rows of which column each chunk of a dataset holds, in the order of the chunks' numbers.
struct DatasetLayout: Sendable, Hashable {
    struct Place: Sendable, Hashable {
        /// Index of the column.
        let column: Int
        /// Rows of the table.
        let rows: Range<Int>
    }

    var places: [Place] = []

    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(places.map { Int32(clamping: $0.column) })
        writer.write(places.map { Int64($0.rows.lowerBound) })
        writer.write(places.map { Int32(clamping: $0.rows.count) })
        return writer.bytes
    }

    init() {}

    /// Reads what `encoded` wrote; throws `.damaged` for anything else.
    init(decoding bytes: [UInt8]) throws {
        var reader = BinaryReader(bytes)
        do {
            let columns = try reader.readArray(Int32.self)
            let firsts = try reader.readArray(Int64.self)
            let counts = try reader.readArray(Int32.self)
            guard columns.count == firsts.count, columns.count == counts.count, reader.remaining == 0,
                columns.allSatisfy({ $0 >= 0 }), firsts.allSatisfy({ (0..<1 << 40).contains($0) }),
                counts.allSatisfy({ $0 >= 0 })
            else { throw reader.failure("the lists do not fit together") }
            places = columns.indices.map {
                Place(column: Int(columns[$0]), rows: Int(firsts[$0])..<Int(firsts[$0]) + Int(counts[$0]))
            }
        } catch let failure as BinaryReader.Failure {
            throw PlatformError(.damaged, "the layout of a dataset is damaged: \(failure)")
        }
    }

    /// The chunks with rows in `range`, by column, each column's in the order of rows; throws `.damaged` where rows are
    /// missing.
    func chunks(columns: Int, rows range: Range<Int>) throws -> [[Int]] {
        var found = [[Int]](repeating: [], count: columns)
        var next = [Int](repeating: range.lowerBound, count: columns)
        for (index, place) in places.enumerated() where place.rows.overlaps(range) {
            guard place.column < columns, place.rows.lowerBound <= next[place.column] else {
                throw PlatformError(.damaged, "the layout of a dataset has a gap")
            }
            found[place.column].append(index)
            next[place.column] = place.rows.upperBound
        }
        guard range.isEmpty || next.allSatisfy({ $0 >= range.upperBound }) else {
            throw PlatformError(.damaged, "the layout of a dataset ends early")
        }
        return found
    }
}
