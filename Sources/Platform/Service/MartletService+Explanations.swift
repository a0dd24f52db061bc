internal import AutoML
internal import Foundation
internal import Learners
internal import Telemetry

extension MartletService {
    /// A model's report as one HTML page, as `martlet explain --html` writes it; takes as long as `explanation(ofModel:)`.
    /// - Throws: as `artifact(ofModel:)`.
    public func report(ofModel id: String) async throws -> String {
        let model = try await loadedModel(id)
        let record = try await self.model(id)
        let board = try await leaderboard(ofExperiment: record.experimentID).leaderboard
        let threads = options.threads
        defer { Allocator.giveBackSoon() }
        return try await explanationThread.run {
            let pool = ThreadPool(threadCount: threads)
            defer { pool.stop() }
            do {
                var explanation = try Explainer(model, context: TrainingContext(pool: pool)).explain()
                explanation.addTimes(of: board)
                return HTMLReport(explanation, name: record.name, madeOn: .here()).text
            } catch let error as AutoMLError {
                throw PlatformError(error)
            }
        }
    }

    /// A model's explanation on the rows that it carries, as the JSON of `AutoML.Explanation`. It takes some seconds to half a
    /// minute the first time and is kept.
    /// - Throws: as `artifact(ofModel:)`.
    public func explanation(ofModel id: String) async throws -> [UInt8] {
        let record = try await model(id)
        return try await explanations.value(id) { [self] in
            let name = ModelNames.explanation(id)
            if let bytes = try await stores.models.blob(name, of: record.experimentID) { return bytes }
            let model = try await loadedModel(id)
            let board = try await leaderboard(ofExperiment: record.experimentID).leaderboard
            let threads = options.threads
            defer { Allocator.giveBackSoon() }
            let bytes = try await explanationThread.run {
                let pool = ThreadPool(threadCount: threads)
                defer { pool.stop() }
                do {
                    var explanation = try Explainer(model, context: TrainingContext(pool: pool)).explain()
                    explanation.addTimes(of: board)
                    return [UInt8](try ReportCoding.encoder().encode(explanation))
                } catch let error as AutoMLError {
                    throw PlatformError(error)
                }
            }
            try await stores.models.put(bytes, name: name, of: record.experimentID)
            return bytes
        }
    }
}
