import Search
import Tabular
import Testing

@testable import Learners

@Suite struct GradientBoostingTests {
    private func fit(
        _ problem: LearningProblem, _ configuration: Configuration = [:], threads: Int = 1, training: Range<Int>? = nil,
        validation: Range<Int> = 0..<0
    ) throws -> GradientBoostingModel {
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let model = try GradientBoosting().fit(
            problem, training: BoostingSamples.rows(training ?? 0..<problem.rowCount),
            validation: BoostingSamples.rows(validation), configuration: configuration, seed: Seed(3),
            context: TrainingContext(pool: pool))
        return try #require(model as? GradientBoostingModel)
    }

    @Test(arguments: Learners.Task.allCases)
    func learns(_ task: Learners.Task) throws {
        let problem = BoostingSamples.problem(task, rows: 3000)
        let model = try fit(problem, ["trees": .integer(60)], training: 0..<2000)
        let answers = try model.predict(problem.features, context: TrainingContext())
        var errors = 0.0
        for row in 2000..<3000 {
            let target = problem.target.values[row]
            if task == .regression {
                errors += abs(answers.values[row] - target) / 10
            } else {
                let width = answers.outputCount
                let shares = answers.values[(row * width)..<((row + 1) * width)]
                #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
                errors += 1 - shares[row * width + Int(target)]
            }
        }
        #expect(errors / 1000 < (task == .regression ? 0.45 : 0.2))
    }

    @Test(arguments: Learners.Task.allCases)
    func sameBytesForAnyThreads(_ task: Learners.Task) throws {
        let configuration: Configuration = [
            "trees": .integer(12), "row_fraction": .double(0.7), "feature_fraction": .double(0.8),
        ]
        let models = try (1...3).map { threads in
            let problem = BoostingSamples.problem(task, rows: 20_000)
            return BoostingSamples.bytes(
                try fit(problem, configuration, threads: threads, training: 0..<16_000, validation: 16_000..<20_000))
        }
        #expect(models[0] == models[1])
        #expect(models[0] == models[2])
    }

    @Test(arguments: Learners.Task.allCases)
    func bothWaysOfPredictingGiveTheSameBits(_ task: Learners.Task) throws {
        let problem = BoostingSamples.problem(task, rows: 1500)
        let model = try fit(problem, ["trees": .integer(20)], training: 0..<1000)
        let rows = BoostingSamples.rows(300..<1500)
        let fast = try model.predict(problem, rows: rows, context: TrainingContext())
        let slow = try model.predict(problem.features.selecting(rows), context: TrainingContext())
        #expect(fast == slow)
    }

    @Test func roundTripKeepsEveryBit() throws {
        let problem = BoostingSamples.problem(.multiclass, rows: 800)
        let model = try fit(problem, ["trees": .integer(5)])
        let bytes = BoostingSamples.bytes(model)
        var reader = BinaryReader(bytes)
        let copy = try GradientBoostingModel(from: &reader)
        #expect(reader.remaining == 0)
        #expect(BoostingSamples.bytes(copy) == bytes)
        #expect(
            try copy.predict(problem.features, context: TrainingContext())
                == model.predict(problem.features, context: TrainingContext()))
    }

    @Test func damagedBytesThrowOrStayHarmless() throws {
        let problem = BoostingSamples.problem(.binary, rows: 400)
        let bytes = BoostingSamples.bytes(try fit(problem, ["trees": .integer(3)]))
        var random = RandomSource(seed: 9)
        let small = problem.features.selecting(BoostingSamples.rows(0..<20))
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { damaged.removeLast(random.below(damaged.count)) }
            var reader = BinaryReader(damaged)
            guard let model = try? GradientBoostingModel(from: &reader) else { continue }
            let answers = try model.predict(small, context: TrainingContext())
            #expect(answers.rowCount == 20)
        }
    }

    /// Training ends soon after the best iteration; which are kept is chosen later.
    @Test func trainingEndsAfterTheBestIteration() throws {
        let problem = BoostingSamples.problem(.binary, rows: 1000)
        let model = try fit(
            problem, ["trees": .integer(2000), "learning_rate": .double(0.3), "early_stopping_rounds": .integer(20)],
            training: 0..<700, validation: 700..<1000)
        #expect(model.stageCount > 3)
        #expect(model.stageCount < 200)
        #expect(model.watchedLosses.count == model.stageCount)
        let best = try #require(model.watchedLosses.indices.min { model.watchedLosses[$0] < model.watchedLosses[$1] })
        #expect(model.stageCount == best + 21)
        let kept = try #require(model.keepingBestStages() as? GradientBoostingModel)
        #expect(kept.stageCount == best + 1)
        // The loss that was taken down is that of the model's own predictions.
        let rows = BoostingSamples.rows(700..<1000)
        let loss = Metric.logLoss.evaluate(
            try kept.predict(problem, rows: rows, context: TrainingContext()), problem.target, rows: rows)
        #expect(abs(model.watchedLosses[best] / 300 - loss) < 1e-5)
    }

    @Test func oneRowOneClassAndNoSignal() throws {
        for task in Learners.Task.allCases {
            let problem = BoostingSamples.problem(task, rows: 200)
            let single = try fit(problem, training: 5..<6)
            let answers = try single.predict(problem.features, context: TrainingContext())
            #expect(answers.rowCount == 200 && answers.values.allSatisfy { $0.isFinite })
            let same = problem.target.values.indices.filter { problem.target.values[$0] == problem.target.values[0] }
            let model = try GradientBoosting().fit(
                problem, training: same.map { Int32($0) }, validation: [], configuration: [:], seed: Seed(1),
                context: TrainingContext())
            #expect(try model.predict(problem.features, context: TrainingContext()).values.allSatisfy { $0.isFinite })
        }
    }

    @Test func unseenLevelsAndAbsentColumnsAreAnswered() throws {
        let problem = BoostingSamples.problem(.binary, rows: 500)
        let model = try fit(problem, ["trees": .integer(10)])
        var columns = problem.features.selecting([0, 1, 2]).columns
        columns[4] = Column(
            name: "c", type: .categorical, storage: .strings(codes: PackedIntegers([0, 0, -1]), levels: ["never seen"]))
        columns.remove(at: 1)
        let answers = try model.predict(Table(columns: columns), context: TrainingContext())
        #expect(answers.values.allSatisfy { $0.isFinite })
    }

    @Test func stopsWhenAsked() throws {
        let problem = BoostingSamples.problem(.binary, rows: 500)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: TrainingError.cancelled) {
            try GradientBoosting().fit(
                problem, training: BoostingSamples.rows(0..<500), validation: [], configuration: [:], seed: Seed(1),
                context: TrainingContext(cancellation: cancellation))
        }
        let model = try GradientBoosting().fit(
            problem, training: BoostingSamples.rows(0..<500), validation: [],
            configuration: ["trees": .integer(1_000_000), "learning_rate": .double(1e-5)], seed: Seed(1),
            context: TrainingContext(deadline: .after(seconds: 0.05)))
        #expect(try model.predict(problem.features, context: TrainingContext()).rowCount == 500)
    }

    @Test func weightsAreRepeatedRows() throws {
        let problem = BoostingSamples.problem(.regression, rows: 600)
        let weights = (0..<600).map { Float($0 % 3 + 1) }
        let weighted = LearningProblem(features: problem.features, target: problem.target, weights: weights)
        let repeated = (0..<600).flatMap { row in [Int32](repeating: Int32(row), count: row % 3 + 1) }
        let configuration: Configuration = ["trees": .integer(20)]
        let first = try fit(weighted, configuration)
        let second = try GradientBoosting().fit(
            problem, training: repeated, validation: [], configuration: configuration, seed: Seed(3),
            context: TrainingContext())
        #expect(BoostingSamples.bytes(first) == BoostingSamples.bytes(second))
    }

    @Test(arguments: ["poisson", "gamma", "tweedie", "huber"])
    func otherLossesLearnToo(_ loss: String) throws {
        let problem = BoostingSamples.problem(.regression, rows: 1500)
        let kept = (0..<Int32(1500)).filter { problem.target.values[Int($0)] > 1 }
        let model = try GradientBoosting().fit(
            problem, training: kept, validation: [], configuration: ["loss": .string(loss)], seed: Seed(1),
            context: TrainingContext())
        let answers = try model.predict(problem, rows: kept, context: TrainingContext())
        let error = kept.indices.reduce(0) { $0 + abs(answers.values[$1] - problem.target.values[Int(kept[$1])]) }
        #expect(error / Double(kept.count) < 4)
    }

    @Test func bundlingDoesNotChangeTheTrees() throws {
        let problem = BoostingSamples.problem(.binary, rows: 1500)
        let plain = BoostingSamples.problem(.binary, rows: 1500)
        _ = plain.derived.value("binned") { BinnedFeatures(plain.features, bundling: false) }
        let configuration: Configuration = ["trees": .integer(20)]
        #expect(
            BoostingSamples.bytes(try fit(problem, configuration))
                == BoostingSamples.bytes(try fit(plain, configuration)))
    }

    @Test func textAndManyLevelsAreLearntFrom() throws {
        var random = RandomSource(seed: 6)
        let count = 1200
        var texts: [String] = []
        var codes: [Int64] = []
        var target: [Double] = []
        for row in 0..<count {
            let good = random.below(2) == 1
            texts.append("\(good ? "fine warm" : "poor cold") day \(row)")
            codes.append(Int64(random.below(400)))
            target.append((good ? 3 : 0) + (codes[row] % 2 == 0 ? 2 : 0))
        }
        let text = Column(
            name: "text", type: .text,
            storage: .strings(codes: PackedIntegers((0..<count).map { Int64($0) }), levels: texts))
        let problem = LearningProblem(
            features: Table(columns: [text, BoostingSamples.categorical("many", codes)]),
            target: Target(task: .regression, values: target))
        let learners: [any Learner] = [GradientBoosting(), RandomForest()]
        for learner in learners {
            let model = try learner.fit(
                problem, training: BoostingSamples.rows(0..<1000), validation: [], configuration: [:], seed: Seed(1),
                context: TrainingContext())
            var reader = BinaryReader(BoostingSamples.bytes(model))
            let copy = try type(of: model).init(from: &reader)
            let rows = BoostingSamples.rows(1000..<1200)
            let answers = try copy.predict(problem.features.selecting(rows), context: TrainingContext())
            #expect(try model.predict(problem, rows: rows, context: TrainingContext()) == answers)
            let error = (0..<200).reduce(0) { $0 + abs(answers.values[$1] - target[1000 + $1]) } / 200
            #expect(error < 0.9)
        }
    }
}
