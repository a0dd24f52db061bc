import Search
import Tabular
import Testing

@testable import Learners

@Suite struct NearestNeighborsTests {
    private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix {
        var random = Seed(seed).generator()
        let values = (0..<rows * columns).map { _ in Float(random.below(5)) }
        return DenseMatrix(rowCount: rows, columnCount: columns, values: values)
    }

    /// Against a sort of all the distances, ties broken by the lower row.
    @Test(arguments: [1, 7, 8, 9, 100, 700], [1, 3, 16])
    func theNearestRowsAreThoseOfASort(rows: Int, columns: Int) throws {
        let training = matrix(rows, columns, seed: 1)
        let queries = matrix(37, columns, seed: 2)
        let panels = NeighborPanels(training)
        for query in 0..<queries.rowCount {
            var nearest = NearestRows(limit: 5)
            let point = Array(queries.values[query * columns..<(query + 1) * columns])
            for panel in 0..<panels.panelCount {
                let (found, same) = panels.distances(panel, panels.values, point, point)
                #expect(found == same)
                for lane in 0..<8 where panel * 8 + lane < rows && found[lane] < nearest.bound {
                    nearest.insert(Int32(panel * 8 + lane), found[lane])
                }
            }
            let all: [(distance: Float, row: Int32)] = (0..<rows).map { row in
                var sum: Float = 0
                for column in 0..<columns {
                    let difference = training.values[row * columns + column] - point[column]
                    sum += difference * difference
                }
                return (sum, Int32(row))
            }
            let expected = all.sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }.prefix(5)
            #expect(nearest.rows == expected.map(\.row))
        }
    }

    private func predictions(_ configuration: Configuration, task: Task) throws -> [Double] {
        let features = Table(columns: [.numbers("x", [0, 1, 2, 10, 11, 12])])
        let target =
            task == .regression
            ? Target(task: task, values: [0, 1, 2, 10, 11, 12])
            : Target(task: task, classes: ["n", "y"], values: [0, 0, 0, 1, 1, 1])
        let model = try NearestNeighborsLearner().fit(
            LearningProblem(features: features, target: target), training: [0, 1, 2, 3, 4, 5], validation: [],
            configuration: configuration, seed: Seed(1), context: TrainingContext())
        return try model.predict(Table(columns: [.numbers("x", [1, 11.4])]), context: TrainingContext()).values
    }

    @Test func uniformVotesAndMeans() throws {
        let uniform: Configuration = ["neighbors": .integer(3), "distance_power": .double(0), "smoothing": .double(1)]
        #expect(try predictions(uniform, task: .regression) == [1, 11])
        // Three votes and one more for the prior.
        #expect(try predictions(uniform, task: .binary) == [0.875, 0.125, 0.125, 0.875])
    }

    @Test func nearOnesCountMore() throws {
        let weighted = try predictions(["neighbors": .integer(6), "distance_power": .double(1)], task: .regression)
        let uniform = try predictions(
            ["neighbors": .integer(6), "distance_power": .double(0), "smoothing": .double(1)], task: .regression)
        #expect(weighted[0] < 1.5 && abs(uniform[0] - 6) < 1e-9)
    }

    @Test func aSampleOfManyRowsIsKept() throws {
        let count = 60_000
        let features = Table(columns: [.numbers("x", (0..<count).map { Double($0 % 977) })])
        let target = Target(task: .regression, values: (0..<count).map { Double($0 % 977) })
        func fitted(_ seed: UInt64) throws -> NearestNeighborsModel? {
            try NearestNeighborsLearner().fit(
                LearningProblem(features: features, target: target), training: (0..<Int32(count)).map { $0 },
                validation: [], configuration: [:], seed: Seed(seed), context: TrainingContext())
                as? NearestNeighborsModel
        }
        let model = try #require(try fitted(1))
        #expect(model.panels.rowCount == 50_000)
        #expect(try fitted(1)?.answers == model.answers)
        #expect(try fitted(2)?.answers != model.answers)
        #expect(NearestNeighborsLearner.rowLimit(width: 100) == 20_000)
        #expect(NearestNeighborsLearner.rowLimit(width: 100_000) == 1_000)
    }
}
