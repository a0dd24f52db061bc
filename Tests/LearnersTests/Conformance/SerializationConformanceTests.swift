import Learners
import Search
import Testing

/// Every model survives its bytes, and no bytes bring the process down.
@Suite struct SerializationConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func bytesRoundTrip(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let model = try subject.fit(problem)
        let copy = try model.readBack()
        #expect(copy.bytes == model.bytes)
        #expect(
            try copy.predict(problem.features, context: TrainingContext())
                == model.predict(problem.features, context: TrainingContext()))
    }

    @Test(arguments: ConformanceCase.all)
    func shortBytesThrow(_ subject: ConformanceCase) throws {
        let model = try subject.fit(subject.problem(rows: 60))
        let bytes = model.bytes
        for step in 0..<100 {
            var reader = BinaryReader(Array(bytes.prefix(bytes.count * step / 100)))
            #expect(throws: (any Error).self) {
                _ = try LearnerCatalogue.decodeModel(kind: type(of: model).kind, from: &reader)
            }
        }
    }

    @Test(arguments: ConformanceCase.all)
    func brokenBytesThrowOrPredict(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 60)
        let model = try subject.fit(problem)
        let bytes = model.bytes
        var random = Seed(5).generator()
        for _ in 0..<300 {
            var broken = bytes
            for _ in 0...random.below(3) {
                // Half of the damage in the first 200 bytes, where the counts are.
                let place = random.below(random.below(2) == 0 ? min(200, broken.count) : broken.count)
                broken[place] = UInt8(truncatingIfNeeded: random.next())
            }
            var reader = BinaryReader(broken)
            guard let copy = try? LearnerCatalogue.decodeModel(kind: type(of: model).kind, from: &reader) else {
                continue
            }
            _ = try? copy.predict(problem.features, context: TrainingContext())
        }
    }

    @Test func anUnknownKindThrows() {
        var reader = BinaryReader([])
        #expect(throws: BinaryReader.Failure.self) {
            _ = try LearnerCatalogue.decodeModel(kind: "oracle", from: &reader)
        }
        #expect(LearnerCatalogue.learner(named: "oracle") == nil)
        #expect(Set(LearnerCatalogue.all.map(\.name)).count == LearnerCatalogue.all.count)
    }
}
