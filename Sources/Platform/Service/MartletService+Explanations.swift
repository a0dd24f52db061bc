internal import AutoML
internal import Foundation
internal import Learners
internal import Telemetry

extension MartletService {
    /// A model's report as one HTML page, as `martlet explain --html` writes it; takes as long as `explanation(ofModel:)`.
    /// - Throws: as `artifact(ofModel:)`.
    public func report(ofModel id: String) async throws -> String {
        let record = try await self.model(id)
        return try await explain(record) { explanation in
            HTMLReport(explanation, name: record.name, madeOn: .here()).text
        }
    }

    /// A model's explanation on the rows that it carries, as the JSON of `AutoML.Explanation`. It takes some seconds to half a
    /// minute the first time and is kept; the work ends when nobody waits for it any more.
    /// - Throws: as `artifact(ofModel:)`.
    public func explanation(ofModel id: String) async throws -> [UInt8] {
        let record = try await model(id)
        return try await explanations.value(id) { [self] in
            let name = ModelNames.explanation(id)
            if let bytes = try await stores.models.blob(name, of: record.experimentID) { return bytes }
            let bytes = try await explain(record) { [UInt8](try ReportCoding.encoder().encode($0)) }
            try await stores.models.put(bytes, name: name, of: record.experimentID)
            return bytes
        }
    }

    /// Explains a model on the thread for explanations and writes the explanation down, until the task is cancelled.
    private func explain<Text: Sendable>(
        _ record: ModelRecord, _ write: @escaping @Sendable (Explanation) throws -> Text
    ) async throws -> Text {
        let model = try await loadedModel(record.id)
        let board = try await leaderboard(ofExperiment: record.experimentID).leaderboard
        let threads = options.threads
        defer { Allocator.giveBackSoon() }
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await explanationThread.run {
                if cancellation.isCancelled { throw CancellationError() }
                let pool = ThreadPool(threadCount: threads)
                defer { pool.stop() }
                do {
                    let context = TrainingContext(pool: pool, cancellation: cancellation)
                    var explanation = try Explainer(model, context: context).explain()
                    explanation.addTimes(of: board)
                    return try write(explanation)
                } catch let error as AutoMLError {
                    throw PlatformError(error)
                } catch TrainingError.cancelled {
                    throw CancellationError()
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
