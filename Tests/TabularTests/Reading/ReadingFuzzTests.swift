import Testing

@testable import Tabular

/// Whatever the bytes, reading ends in a table or in a `TableError`, the same however they are cut into blocks.
@Suite struct ReadingFuzzTests {
    private struct Outcome: Equatable {
        var table: Table?
        var notes: [ReadNote] = []
        var error: TableError?
    }

    private func outcome(_ bytes: [UInt8], threads: Int, block: Int) throws -> Outcome {
        var options = ReadOptions(threads: threads)
        options.blockBytes = block
        do {
            let (table, notes) = try TableReader.read(.bytes(bytes), options)
            return Outcome(table: table, notes: notes)
        } catch let error as TableError {
            return Outcome(error: error)
        }
    }

    private static let words: [[UInt8]] =
        [
            ",", ",", ",", ";", "\t", "|", "\n", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"a,b\"", " ", "1", "22",
            "-3", "4.5",
            "1e5", "1,5", "1.234", "NA", "?", "yes", "no", "2024-01-02", "3/4/2024", "a", "b", "é", "id", "inf",
            "99999999999999999999",
        ].map { Array($0.utf8) } + [[0xFF], [0], [0xC3], [0xEF, 0xBB, 0xBF]]

    @Test(arguments: 0..<8)
    func textOfOddPiecesDoesNotDependOnBlocks(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<250 {
            var bytes: [UInt8] = []
            // The last words, which end most texts in an error, are rare.
            let common = next(4) == 0 ? Self.words.count : Self.words.count - 4
            let isEven = next(2) == 0
            for index in 0..<next(60) {
                if isEven, index > 0 { bytes += Array((index % 3 == 0 ? "\n" : ",").utf8) }
                bytes += Self.words[next(common)]
            }
            let whole = try outcome(bytes, threads: 1, block: 1 << 20)
            for (threads, block) in [(1, 16), (3, 16), (2, 40)] {
                let cut = try outcome(bytes, threads: threads, block: block)
                let isSame = cut == whole
                #expect(isSame, "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(whole) \(cut)")
            }
        }
    }

    @Test func compressedNoiseIsRefused() throws {
        var state: UInt64 = 5
        for length in 0..<200 {
            var bytes: [UInt8] = length % 2 == 0 ? [0x1F, 0x8B, 0x08] : [0x28, 0xB5, 0x2F, 0xFD]
            for _ in 0..<length {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 40))
            }
            #expect(throws: TableError.self) { try TableReader.read(.bytes(bytes)) }
        }
    }
}
