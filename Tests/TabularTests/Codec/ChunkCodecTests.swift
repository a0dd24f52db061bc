import Tabular
import Testing

@Suite struct ChunkCodecTests {
    /// A column of every storage, with and without missing rows.
    static let table: Table = {
        var text = "i,f,b,d,t,s,gap,wide\n"
        for row in 0..<5000 {
            let gap = row % 7 == 0 ? "" : "\(row % 13)"
            let number = row % 11 == 0 ? "" : "\(Double(row) / 8)"
            text += "\(row % 100),\(number),\(row % 3 == 0 ? "Yes" : "No"),2024-01-0\(row % 9 + 1),"
            text += "2024-01-01 10:00:\(10 + row % 50),word \(row * 31 % 977),\(gap),\(row * 1_000_003)\n"
        }
        do { return try TableReader.read(.bytes(Array(text.utf8))).table } catch { return Table(columns: []) }
    }()

    @Test func chunksOfAnySizeGiveTheSameColumnBack() throws {
        #expect(Self.table.rowCount == 5000)
        for (index, column) in Self.table.columns.enumerated() {
            let whole = try ChunkCodec.encode(column, index: index)
            #expect(whole.count == 1)
            #expect(try ChunkCodec.decode(whole[0].bytes) == column)
            var parts: [Column] = []
            for start in stride(from: 0, to: 5000, by: 777) {
                let bytes = try ChunkCodec.encode(column, rows: start..<min(start + 777, 5000))
                #expect(bytes.count <= ChunkCodec.maximumBytes)
                parts.append(try ChunkCodec.decode(bytes))
            }
            #expect(Column(joining: parts) == column)
        }
    }

    @Test func aChunkIsAtMostOneMebibyte() throws {
        var state: UInt64 = 1
        let noise = (0..<400_000).map { _ -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11)
        }
        let column = Column(name: "noise", type: .float, storage: .doubles(noise))
        let chunks = try ChunkCodec.encode(column, index: 3, firstRow: 10)
        #expect(chunks.count > 2)
        #expect(chunks.allSatisfy { $0.bytes.count <= ChunkCodec.maximumBytes && $0.column == 3 })
        #expect(chunks.first?.rows.lowerBound == 10)
        #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0.rows.upperBound == $1.rows.lowerBound })
        #expect(Column(joining: try chunks.map { try ChunkCodec.decode($0.bytes) }) == column)
    }

    @Test func damagedBytesAreRefused() throws {
        for column in Self.table.columns {
            let bytes = try ChunkCodec.encode(column, rows: 0..<100)
            for length in 0..<bytes.count {
                #expect(throws: TableError.self) { try ChunkCodec.decode(Array(bytes[..<length])) }
            }
            for position in bytes.indices {
                var damaged = bytes
                damaged[position] ^= UInt8(1 << (position % 8))
                #expect(throws: TableError.self) { try ChunkCodec.decode(damaged) }
            }
        }
        #expect(throws: TableError.self) { try ChunkCodec.decode([]) }
    }
}
