import Search
import Tabular
import Testing

@testable import Learners

@Suite struct TargetStatisticsEncoderTests {
    private let column = Column.strings("c", ["a", "a", "b", "b", "b", nil, "a", "b"])
    private let target = Target(task: .binary, classes: ["n", "y"], values: [1, 1, 0, 0, 1, 1, 0, 0])
    private let rows: [Int32] = [0, 1, 2, 3, 4, 5]

    @Test func newRowsGetTheSmoothedMeanOfTheirLevel() throws {
        let fitted = try TargetStatisticsEncoder.fit(
            column, target, rows: rows, weights: nil, smoothing: 2, seed: Seed(1))
        let prior = 4.0 / 6
        let other = Column.strings("c", ["b", "z", "a", nil])
        let values = try fitted.encoder.encode(other).map(Double.init)
        let expected = [(1 + 2 * prior) / 5, prior, (2 + 2 * prior) / 4, (1 + 2 * prior) / 3]
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// With a level a row, the statistic of a training row can know nothing of the row itself.
    @Test func trainingRowsDoNotSeeTheirOwnTarget() throws {
        let count = 200
        let names = Column.strings("c", (0..<count).map { "level \($0)" })
        var random = Seed(9).generator()
        let noise = Target(
            task: .binary, classes: ["n", "y"], values: (0..<count).map { _ in random.unit() < 0.5 ? 1 : 0 })
        let rows = (0..<Int32(count)).map { $0 }
        let fitted = try TargetStatisticsEncoder.fit(names, noise, rows: rows, weights: nil, seed: Seed(1))
        let scores = fitted.outOfFold.map(Double.init)
        let predictions = Predictions(outputCount: 2, values: scores.flatMap { [1 - $0, $0] })
        #expect(Metric.rocAUC.evaluate(predictions, noise) < 0.65)
        let full = try fitted.encoder.encode(names).map(Double.init)
        let leaking = Predictions(outputCount: 2, values: full.flatMap { [1 - $0, $0] })
        #expect(Metric.rocAUC.evaluate(leaking, noise) == 1)
    }

    @Test func aNumberForEachOfTheMostFrequentClasses() throws {
        let target = Target(task: .multiclass, classes: ["p", "q", "r"], values: [0, 0, 2, 2, 2, 1, 0, 0])
        let fitted = try TargetStatisticsEncoder.fit(
            column, target, rows: rows, weights: nil, smoothing: 0, classLimit: 2, seed: Seed(1))
        #expect(fitted.encoder.width == 2)
        #expect(try fitted.encoder.encode(.strings("c", ["a", "b"])) == [1, 0, 0, 1])
        #expect(fitted.outOfFold.count == rows.count * 2)
    }

    @Test func weightsCountLikeRepeatedRows() throws {
        let weights: [Float] = [2, 1, 1, 1, 1, 1, 1, 1]
        let weighted = try TargetStatisticsEncoder.fit(column, target, rows: rows, weights: weights, seed: Seed(1))
        let repeated = try TargetStatisticsEncoder.fit(column, target, rows: [0] + rows, weights: nil, seed: Seed(1))
        #expect(weighted.encoder == repeated.encoder)
    }

    @Test func bytesRoundTrip() throws {
        let encoder = try TargetStatisticsEncoder.fit(column, target, rows: rows, weights: nil, seed: Seed(1)).encoder
        var writer = BinaryWriter()
        encoder.write(to: &writer)
        var reader = BinaryReader(writer.bytes)
        #expect(try TargetStatisticsEncoder(from: &reader) == encoder)
        for length in 0..<writer.bytes.count {
            var short = BinaryReader(Array(writer.bytes.prefix(length)))
            #expect(throws: BinaryReader.Failure.self) { _ = try TargetStatisticsEncoder(from: &short) }
        }
    }
}

@Suite struct HashedTextEncoderTests {
    private let column = Column.strings("t", ["Good food", "good FOOD!", "bad service", "", nil], type: .text)

    @Test func rowsHaveLengthOneAndIgnoreCase() throws {
        let encoder = try HashedTextEncoder(fitting: column, rows: [0, 1, 2, 3, 4], width: 64)
        let values = try encoder.encode(column)
        let rows = (0..<5).map { Array(values[$0 * 64..<($0 + 1) * 64]) }
        #expect(rows[0] == rows[1])
        #expect(rows[0] != rows[2])
        for row in rows.prefix(3) { #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5) }
        #expect(rows[3].allSatisfy { $0 == 0 } && rows[4].allSatisfy { $0 == 0 })
        #expect(rows[0].filter { $0 > 0 }.count == 3)  // good, food, and the pair
    }

    @Test func frequentWordsWeighLess() throws {
        let texts = Column.strings("t", ["the cat", "the dog", "the bird"], type: .text)
        let encoder = try HashedTextEncoder(fitting: texts, rows: [0, 1, 2], width: 512)
        let the = try encoder.encode(.strings("t", ["the"], type: .text)).firstIndex { $0 > 0 } ?? 0
        let both = try encoder.encode(.strings("t", ["the cat"], type: .text))
        #expect(both[the] > 0 && both[the] < (both.max() ?? 0))
    }

    @Test func bytesRoundTrip() throws {
        let encoder = try HashedTextEncoder(fitting: column, rows: [0, 2], width: 8)
        var writer = BinaryWriter()
        encoder.write(to: &writer)
        var reader = BinaryReader(writer.bytes)
        #expect(try HashedTextEncoder(from: &reader) == encoder)
    }
}

@Suite struct DenseEncoderTests {
    private let table = Table(columns: [
        .numbers("x", [1, 2, 3, .nan, 5, 100]), .numbers("same", [1, 1, 1, 1, 1, 9]),
        .strings("c", ["a", "b", "a", nil, "b", "z"]), .booleans("flag", [true, false, true, false, true, false]),
        .strings("t", ["one two", "two", "three", nil, "one", "two"], type: .text),
    ])
    private let target = Target(task: .regression, values: [1, 2, 3, 4, 5, 6])

    private func fitted(_ options: DenseEncoder.Options = .init(), rows: [Int32] = [0, 1, 2, 3, 4]) throws
        -> DenseEncoder.Fitted
    {
        try DenseEncoder.fit(
            LearningProblem(features: table, target: target), rows: rows, options: options, seed: Seed(1),
            context: TrainingContext())
    }

    /// Memory is budgeted by the expected width: a number of two values has no knots.
    @Test func theExpectedWidthCountsKnotsWhereThereAreSome() throws {
        let count = 60
        let problem = LearningProblem(
            features: Table(columns: [
                .numbers("many", (0..<count).map { Double($0 % 37) }),
                .numbers("two", (0..<count).map { Double($0 % 2 * 5) }),
                .numbers("two and missing", (0..<count).map { $0 % 3 == 0 ? .nan : Double($0 % 2) }),
            ]), target: Target(task: .regression, values: (0..<count).map(Double.init)))
        let shape = ProblemShape(problem, rows: count, countsTwoValued: true)
        #expect(shape.numericColumns == 3 && shape.twoValuedColumns == 2)
        var options = DenseEncoder.Options()
        options.knots = 8
        let fitted = try DenseEncoder.fit(
            problem, rows: (0..<Int32(count)).map { $0 }, options: options, seed: Seed(1), context: TrainingContext())
        // The column that says what is missing comes on top.
        #expect(fitted.training.columnCount == DenseEncoder.expectedWidth(shape, options) + 1)
    }

    @Test func columnsBecomeEntries() throws {
        var options = DenseEncoder.Options()
        options.textWidth = 4
        let fitted = try fitted(options)
        // x and its indicator; nothing for "same"; a, b and missing; the flag; four for text
        #expect(fitted.encoder.width == 2 + 3 + 1 + 4)
        #expect(fitted.training.rowCount == 5)
        let matrix = try fitted.encoder.encode(table, context: TrainingContext())
        func row(_ index: Int) -> [Float] { Array(matrix.values[index * 10..<(index + 1) * 10]) }
        #expect(Array(fitted.training.values) == Array(matrix.values.prefix(50)))
        #expect(row(0)[1...4] == [0, 1, 0, 0])
        #expect(row(3)[1...4] == [1, 0, 0, 1])
        #expect(row(5)[1...4] == [0, 0, 0, 0])  // "z" was not seen
        #expect((0..<5).reduce(0) { $0 + row($1)[0] }.magnitude < 1e-5)
        #expect(row(5)[0] < 20)  // clipped
    }

    @Test func levelsAreFoundByTheirStrings() throws {
        let encoder = try fitted().encoder
        let other = Table(
            columns: table.columns.reversed().map { column in
                column.name == "c" ? .strings("c", ["q", "b", "a", "z", nil, "a"]) : column
            })
        let width = encoder.width
        let matrix = try encoder.encode(other, context: TrainingContext())
        #expect(
            (0..<6).map { Array(matrix.values[$0 * width + 2..<$0 * width + 5]) } == [
                [0, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0],
            ])
    }

    @Test func manyLevelsBecomeOutOfFoldStatistics() throws {
        var options = DenseEncoder.Options()
        options.oneHotLimit = 1
        options.textWidth = 0
        let fitted = try fitted(options)
        #expect(fitted.encoder.width == 2 + 1 + 1)
        let again = try fitted.encoder.encode(table, rows: [0, 1, 2, 3, 4], context: TrainingContext())
        #expect(fitted.training != again)
    }

    @Test func knotsAndNormalScores() throws {
        var options = DenseEncoder.Options()
        options.knots = 4
        options.numbers = .normalScores
        options.textWidth = 0
        let fitted = try fitted(options)
        let width = fitted.encoder.width
        for row in 0..<5 {
            let basis = fitted.training.values[row * width + 1..<row * width + 5]
            #expect(abs(basis.reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test func extremesStayFinite() throws {
        let table = Table(columns: [.numbers("x", [1e308, -1e308, .infinity, 3, .nan])])
        let problem = LearningProblem(features: table, target: Target(task: .regression, values: [1, 2, 3, 4, 5]))
        for scaling in [DenseEncoder.NumberScaling.standard, .normalScores] {
            var options = DenseEncoder.Options()
            options.numbers = scaling
            let fitted = try DenseEncoder.fit(
                problem, rows: [0, 1, 2, 3, 4], options: options, seed: Seed(1), context: TrainingContext())
            #expect(fitted.training.values.allSatisfy { $0.isFinite })
        }
    }

    @Test func threadsDoNotMatter() throws {
        let one = try fitted()
        let problem = LearningProblem(features: table, target: target)
        let pool = ThreadPool(threadCount: 3)
        defer { pool.stop() }
        let three = try DenseEncoder.fit(
            problem, rows: [0, 1, 2, 3, 4], seed: Seed(1), context: TrainingContext(pool: pool))
        #expect(one.encoder == three.encoder && one.training == three.training)
    }

    @Test func bytesRoundTrip() throws {
        var options = DenseEncoder.Options()
        options.knots = 3
        options.textWidth = 3
        options.oneHotLimit = 1
        let encoder = try fitted(options).encoder
        var writer = BinaryWriter()
        encoder.write(to: &writer)
        var reader = BinaryReader(writer.bytes)
        #expect(try DenseEncoder(from: &reader) == encoder)
        for length in 0..<writer.bytes.count {
            var short = BinaryReader(Array(writer.bytes.prefix(length)))
            #expect(throws: BinaryReader.Failure.self) { _ = try DenseEncoder(from: &short) }
        }
    }

    @Test(arguments: [(0.5, 0.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813), (0.3, -0.5244005127080407)])
    func normalQuantiles(share: Double, expected: Double) {
        #expect(abs(normalQuantile(share) - expected) < 1e-7)
    }
}
