import AutoML
import Learners
import Search
import Testing

struct ValidationPlanTests {
    private func classes(_ counts: [Int]) -> Target {
        let values = counts.enumerated().flatMap { [Double](repeating: Double($0.offset), count: $0.element) }
        return Target(
            task: counts.count == 2 ? .binary : .multiclass, classes: counts.indices.map { "c\($0)" }, values: values)
    }

    @Test func everyRowIsScoredOnceARepeatAndNeverTrainedOnThen() {
        let plan = ValidationPlan.crossValidation(classes([40, 23]), folds: 4, repeats: 3, seed: Seed(1))
        #expect(plan.splitCount == 12)
        for start in stride(from: 0, to: 12, by: 4) {
            var scored: [Int32] = []
            for index in start..<start + 4 {
                let split = plan.split(index)
                #expect(Set(split.training).isDisjoint(with: split.validation))
                #expect(split.training.count + split.validation.count == 63)
                #expect(split.training == split.training.sorted())
                scored += split.validation
            }
            #expect(scored.sorted() == (0..<63).map(Int32.init))
        }
        #expect(plan.split(0) != plan.split(4))
    }

    @Test func classesAreSpreadEvenly() {
        let target = classes([100, 17, 9])
        let plan = ValidationPlan.crossValidation(target, folds: 5, repeats: 1, seed: Seed(3))
        for index in 0..<5 {
            var counts = [0, 0, 0]
            for row in plan.split(index).validation { counts[Int(target.values[Int(row)])] += 1 }
            #expect(counts[0] == 20)
            #expect((3...4).contains(counts[1]))
            #expect((1...2).contains(counts[2]))
        }
    }

    @Test func aNumberIsSpreadByItsQuantiles() {
        let target = Target(task: .regression, values: (0..<100).map { Double($0 * $0) })
        let plan = ValidationPlan.crossValidation(target, folds: 5, repeats: 1, seed: Seed(3))
        for index in 0..<5 {
            let rows = plan.split(index).validation
            #expect(rows.count == 20)
            for block in 0..<20 { #expect(rows.filter { $0 / 5 == block }.count == 1) }
        }
    }

    @Test func aHoldOutIsStratifiedToo() {
        let target = classes([500, 50])
        let plan = ValidationPlan.holdOut(target, oneIn: 10, seed: Seed(2))
        #expect(plan.splitCount == 1)
        #expect(!plan.isCrossValidation)
        let held = plan.scoredRows
        #expect(held == plan.split(0).validation)
        #expect(held.filter { $0 >= 500 }.count == 5)
        #expect(held.count == 55)
        #expect(plan.trainingRowCount == 495)
    }

    @Test func theSeedDecides() {
        let target = classes([50, 50])
        func plan(_ seed: UInt64) -> ValidationPlan {
            .crossValidation(target, folds: 5, repeats: 2, seed: Seed(seed))
        }
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
    }
}
