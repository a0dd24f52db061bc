import Tabular

/// Rows as bins for prediction: row-major, one byte a mapper, no bundles.
struct BinnedTable: Sendable {
    let bins: NumberBuffer<UInt8>
    let width: Int
    let rowCount: Int

    /// Bins `table` by column name; a column that is not there counts as missing.
    init(_ table: Table, mappers: [BinMapper], pool: ThreadPool) {
        width = mappers.count
        rowCount = table.rowCount
        bins = NumberBuffer(repeating: 0, count: mappers.count * table.rowCount)
        let (bins, width, rowCount) = (bins, width, rowCount)
        // Most mappers are those of the next column or of one a little further on.
        var places: [Int?] = []
        places.reserveCapacity(mappers.count)
        var next = 0
        for mapper in mappers {
            let all = table.columns
            let place =
                all[next...].firstIndex { $0.name == mapper.name } ?? all[..<next].firstIndex { $0.name == mapper.name }
            if let place { next = place }
            places.append(place)
        }
        let found = places
        pool.forEach(mappers.count) { index in
            let column = found[index].map { table.columns[$0] }
            mappers[index].map(column, into: bins.base + index, stride: width, rows: 0..<rowCount)
        }
    }

    /// Takes `rows` of a problem's bins; `features` must be binned by the same mappers.
    init(_ features: BinnedFeatures, mappers: [BinMapper], rows: [Int32], pool: ThreadPool) {
        width = mappers.count
        rowCount = rows.count
        bins = NumberBuffer(repeating: 0, count: mappers.count * rows.count)
        let places = Dictionary(features.mappers.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let byMapper = Dictionary(features.features.map { ($0.mapper, $0) }) { first, _ in first }
        let (bins, width) = (bins, width)
        pool.forEach(mappers.count) { index in
            guard let place = places[mappers[index].name] else { return }
            guard let feature = byMapper[place] else {
                // One bin in every row: the same one everywhere.
                let bin = features.constantBins[place]
                for position in 0..<rows.count { bins.base[position * width + index] = bin }
                return
            }
            let column = features.columns.base + feature.group * features.rowCount
            feature.decoding().withUnsafeBufferPointer { decoding in
                for position in 0..<rows.count {
                    bins.base[position * width + index] = decoding[Int(column[Int(rows[position])])]
                }
            }
        }
    }
}
