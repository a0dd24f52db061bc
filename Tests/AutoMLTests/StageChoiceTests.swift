import Testing

@testable import AutoML

struct StageChoiceTests {
    @Test func eachFoldKeepsWhatIsBestForTheOthers() {
        let early: [Double] = [3, 1, 2, 3, 4]
        let late: [Double] = [3, 2.9, 2.5, 2, 2.4]
        // The first is chosen by the two others, each of the others by the first and the other.
        #expect(StageChoice.counts([early, late, late], folds: 3) == [4, 2, 2])
    }

    @Test func theCurvesOfOtherRepeatsHaveNoSay() {
        let counts = StageChoice.counts([[2, 1, 3], [1, 2, 3], [3, 2, 1], [1, 1, 1]], folds: 2)
        #expect(counts == [1, 2, 1, 3])
    }

    @Test func aCurveThatEndedEarlyStaysAtItsLastValue() {
        #expect(StageChoice.counts([[9], [5, 4], [5, 4, 3.5, 3]], folds: 3) == [4, 4, 2])
    }

    @Test func aFoldsOwnCurveChangesNothing() {
        let others: [[Double]] = [[4, 3, 2, 3], [4, 2, 3, 3]]
        let counts = [[1, 9, 9, 9], [9, 9, 9, 1], []].map { StageChoice.counts([$0] + others, folds: 3)[0] }
        #expect(Set(counts).count == 1)
    }

    @Test func withoutOtherCurvesThereIsNoStage() {
        #expect(StageChoice.counts([[], []], folds: 2) == [0, 0])
        #expect(StageChoice.counts([], folds: 5) == [])
    }
}
