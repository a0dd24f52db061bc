import Learners
import Search
import Tabular
import Testing

/// What every learner of the catalogue keeps, on every task that it takes.
@Suite struct LearnerConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func predictionsHaveTheirShapeAndBeatAGuess(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 400)
        let training = (0..<Int32(300)).map { $0 }
        let held = (300..<Int32(400)).map { $0 }
        let model = try subject.fit(problem, training: training)
        let predictions = try model.predict(problem, rows: held, context: TrainingContext())
        subject.check(predictions, rows: held.count, problem.target)
        #expect(
            try model.predict(problem.features.selecting(held), context: TrainingContext()) == predictions,
            "the same rows as a table of their own")
        switch subject.task {
        case .regression: #expect(Metric.r2.evaluate(predictions, problem.target, rows: held) > 0.4)
        default: #expect(Metric.rocAUC.evaluate(predictions, problem.target, rows: held) > 0.7)
        }
    }

    @Test(arguments: ConformanceCase.all)
    func everyConfigurationOfThePortfolioTrains(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 120)
        let space = subject.learner.searchSpace(for: ProblemShape(problem, rows: 120))
        #expect(!space.portfolio.isEmpty)
        for configuration in space.portfolio + [space.defaults, Configuration()] {
            let model = try subject.fit(problem, configuration: configuration)
            let predictions = try model.predict(problem.features, context: TrainingContext())
            subject.check(predictions, rows: 120, problem.target, "\(configuration)")
        }
    }

    @Test(arguments: ConformanceCase.all)
    func theNumberOfThreadsDoesNotMatter(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 300)
        let training = (0..<Int32(240)).map { $0 }
        let validation = (240..<Int32(300)).map { $0 }
        var first: ([UInt8], Predictions)?
        for threads in [1, 2, 3] {
            let pool = ThreadPool(threadCount: threads)
            defer { pool.stop() }
            let context = TrainingContext(pool: pool)
            // A problem of its own, so that nothing derived is shared.
            let own = LearningProblem(features: problem.features, target: problem.target)
            let model = try subject.fit(own, training: training, validation: validation, context: context)
            let predictions = try model.predict(own.features, context: context)
            if let first {
                #expect(first.0 == model.bytes, "\(threads) threads")
                #expect(first.1 == predictions, "\(threads) threads")
            } else {
                first = (model.bytes, predictions)
            }
        }
    }

    @Test(arguments: ConformanceCase.all)
    func constantAndAllMissingColumns(_ subject: ConformanceCase) throws {
        let (_, target) = subject.sample(rows: 60)
        let none = [Double](repeating: .nan, count: 60)
        let nothing = Table(columns: [
            .numbers("same", [Double](repeating: 3, count: 60)), .numbers("none", none),
            .strings("one", [String?](repeating: "x", count: 60)),
            .strings("empty", [String?](repeating: nil, count: 60)),
            .strings("text", [String?](repeating: nil, count: 60), type: .text),
        ])
        for features in [nothing, Table(columns: [], rowCount: 60)] {
            let problem = LearningProblem(features: features, target: target)
            let model = try subject.fit(problem)
            let predictions = try model.predict(features, context: TrainingContext())
            subject.check(predictions, rows: 60, target)
            let first = predictions.values.prefix(target.outputCount)
            #expect(
                (0..<60).allSatisfy { row in
                    zip(first, predictions.values[row * target.outputCount..<(row + 1) * target.outputCount])
                        .allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($0)) }
                } || subject.learner.name == "k_nearest_neighbors", "nothing tells the rows apart")
        }
    }

    /// Columns that are missing or constant in the training rows alone.
    @Test(arguments: ConformanceCase.all)
    func columnsThatTheTrainingRowsDoNotShow(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 80)
        let late = (0..<80).map { $0 < 40 ? Double.nan : Double($0) }
        let flat = (0..<80).map { $0 < 40 ? 1 : Double($0) }
        let words = (0..<80).map { $0 < 40 ? nil : "word \($0)" }
        let features = Table(
            columns: problem.features.columns + [
                .numbers("late", late), .numbers("flat", flat), .strings("late words", words),
            ])
        let wider = LearningProblem(features: features, target: problem.target)
        let model = try subject.fit(wider, training: (0..<40).map { $0 })
        subject.check(try model.predict(features, context: TrainingContext()), rows: 80, problem.target)
    }

    @Test(arguments: ConformanceCase.classification)
    func oneClassInTheTrainingRows(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let training = (0..<Int32(200)).filter { problem.target.values[Int($0)] == 0 }
        let model = try subject.fit(problem, training: training)
        let predictions = try model.predict(problem.features, context: TrainingContext())
        subject.check(predictions, rows: 200, problem.target)
        #expect(predictions.predictedClasses().allSatisfy { $0 == 0 })
    }

    @Test(arguments: ConformanceCase.all, [1, 2, 3])
    func fewRows(_ subject: ConformanceCase, count: Int) throws {
        let problem = subject.problem()
        let model = try subject.fit(problem, training: (0..<Int32(count)).map { $0 })
        subject.check(try model.predict(problem.features, context: TrainingContext()), rows: 200, problem.target)
    }

    @Test(arguments: ConformanceCase.all)
    func noRows(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        do {
            let blind = try subject.fit(problem, training: [])
            subject.check(try blind.predict(problem.features, context: TrainingContext()), rows: 200, problem.target)
        } catch {
            #expect(error is TrainingError)
        }
        let model = try subject.fit(problem)
        let predictions = try model.predict(problem, rows: [], context: TrainingContext())
        subject.check(predictions, rows: 0, problem.target)
    }

    @Test(arguments: ConformanceCase.all)
    func unseenLevelsAndReorderedOnes(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let model = try subject.fit(problem)
        let expected = try model.predict(problem.features, context: TrainingContext())
        let reversed = Table(
            columns: problem.features.columns.map { column in
                guard case .strings(let codes, let levels) = column.storage else { return column }
                let last = Int64(levels.count)
                let flipped = codes.int64s().map { $0 < 0 ? -1 : last - $0 }
                return Column(
                    name: column.name, type: column.type,
                    storage: .strings(codes: PackedIntegers(flipped), levels: ["not there before"] + levels.reversed()),
                    validity: column.validity)
            })
        #expect(try model.predict(reversed, context: TrainingContext()) == expected)
        let unseen = Table(
            columns: problem.features.columns.map { column in
                guard case .strings(let codes, let levels) = column.storage else { return column }
                return Column(
                    name: column.name, type: column.type,
                    storage: .strings(codes: codes, levels: levels.map { "new \($0)" }), validity: column.validity)
            })
        subject.check(try model.predict(unseen, context: TrainingContext()), rows: 200, problem.target)
    }

    @Test(arguments: ConformanceCase.all)
    func weightsOfOneAreNoWeights(_ subject: ConformanceCase) throws {
        let plain = try subject.fit(subject.problem())
        let weighted = try subject.fit(subject.problem(weights: [Float](repeating: 1, count: 200)))
        let features = subject.problem().features
        let a = try plain.predict(features, context: TrainingContext())
        let b = try weighted.predict(features, context: TrainingContext())
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) })
    }

    @Test(arguments: ConformanceCase.all)
    func heavyRowsPullThePredictions(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let middle = problem.target.values.reduce(0, +) / 200
        let weights = problem.target.values.map { Float($0 > middle ? 20 : 1) }
        let plain = try subject.fit(problem).predict(problem.features, context: TrainingContext())
        let heavy = try subject.fit(subject.problem(weights: weights))
            .predict(problem.features, context: TrainingContext())
        // The last output: the highest class's probability, or the value.
        func mean(_ predictions: Predictions) -> Double {
            let width = predictions.outputCount
            return stride(from: width - 1, to: predictions.values.count, by: width).reduce(0) {
                $0 + predictions.values[$1]
            }
        }
        #expect(mean(heavy) >= mean(plain))
    }

    @Test(arguments: ConformanceCase.all)
    func validationRowsAreTakenOrLeft(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let training = (0..<Int32(150)).map { $0 }
        for validation in [[], [150], (150..<Int32(200)).map { $0 }] {
            let model = try subject.fit(problem, training: training, validation: validation)
            subject.check(try model.predict(problem.features, context: TrainingContext()), rows: 200, problem.target)
        }
    }

    @Test(arguments: ConformanceCase.all)
    func estimatesAreSane(_ subject: ConformanceCase) {
        for rows in [10, 10_000, 1_000_000] {
            let shape = ProblemShape(
                task: subject.task, rows: rows, numericColumns: 20, categoricalColumns: 5, textColumns: 1, levels: 100,
                outputs: subject.task == .regression ? 1 : subject.task == .binary ? 2 : 7)
            let space = subject.learner.searchSpace(for: shape)
            for configuration in space.portfolio {
                let seconds = subject.learner.estimatedSeconds(for: shape, configuration)
                #expect(seconds > 0 && seconds < 1e6)
                #expect(subject.learner.estimatedPeakBytes(for: shape, configuration) > 0)
                for (name, value) in configuration.values {
                    let parameter = space.parameters.first { $0.name == name }
                    #expect(parameter?.domain.allows(value) == true, "\(name) of the portfolio")
                }
            }
            #expect(space.parameters.allSatisfy { $0.domain.allows($0.defaultValue) })
            #expect(Set(space.parameters.map(\.name)).count == space.parameters.count)
        }
    }
}

extension Domain {
    fileprivate func allows(_ value: ParameterValue) -> Bool {
        switch (self, value) {
        case (.integer(let low, let high, let log), .integer(let number)):
            (low...high).contains(number) && (!log || low > 0)
        case (.double(let low, let high, let log), .double(let number)):
            (low...high).contains(number) && (!log || low > 0)
        case (.choice(let values), _): values.contains(value)
        default: false
        }
    }
}
