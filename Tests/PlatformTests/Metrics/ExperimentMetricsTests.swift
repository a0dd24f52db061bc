import AutoML
import Learners
import Platform
import Tabular
import Telemetry
import Testing

@Suite struct ExperimentMetricsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The numbers by metric and values of labels, histograms by how many values they took in.
    private func numbers(_ instruments: Instruments) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for collected in instruments.metrics.collected() {
            for sample in collected.samples {
                let key = ([collected.measure.name] + sample.labels).joined(separator: " ")
                switch sample.value {
                case .number(let number): numbers[key] = number
                case .histogram(let counts, _): numbers[key] = Double(counts.reduce(0, +))
                }
            }
        }
        return numbers
    }

    private func sum(_ numbers: [String: Double], _ prefix: String, _ suffix: String = "") -> Double {
        numbers.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix(suffix) }.values.reduce(0, +)
    }

    @Test func anExperimentIsCounted() async throws {
        let instruments = Instruments()
        PlatformMetrics.register(role: "serve", in: instruments)
        let service = MartletService(
            stores: .inMemory(), options: Fixture.options(folder, slots: 1), instruments: instruments)
        try await service.start()
        let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
        let request = ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 6))
        let id = try await service.createExperiment(request).id
        let record = try await service.ended(id)
        let board = try await service.leaderboard(ofExperiment: id).leaderboard
        let all = numbers(instruments)
        #expect(all["martlet_build_info \(martletVersion) serve"] == 1)
        #expect(all["martlet_experiments_finished_total completed"] == 1)
        #expect(all["martlet_experiments_finished_total failed"] == 0)
        #expect(sum(all, "martlet_trials_finished_total ") == 6)
        #expect(sum(all, "martlet_worker_trials_total ") == 6)
        #expect(sum(all, "martlet_trial_duration_seconds ") == 6)
        #expect(sum(all, "martlet_trial_expected_memory_bytes ") == 6)
        #expect(sum(all, "martlet_trial_peak_memory_bytes ") == 6)
        #expect(all["martlet_experiment_best_score \(id) \(board.metric.rawValue)"] == record.bestScore)
        #expect(all["martlet_experiment_progress_ratio \(id)"] == 1)
        #expect(
            all["martlet_experiment_trials \(id) completed"] == Double(record.trialsCompleted - record.trialsFailed))
        #expect(all["martlet_experiment_deadline_overrun_seconds"] == 0, "it has no time budget")
        #expect(all["martlet_trials_waiting"] == 0 && all["martlet_trials_given_out"] == 0)
        #expect(all["martlet_worker_slots"] == 1 && all["martlet_worker_ready"] == 1)
        #expect(try #require(all["martlet_data_read_bytes_total store"]) > 0)
        await service.shutdown()
        #expect(numbers(instruments)["martlet_worker_ready"] == 0)
    }

    @Test func aWorkerIsReadyWhileItTakesTrials() async throws {
        let instruments = Instruments()
        let worker = MartletWorker(stores: .inMemory(), instruments: instruments)
        #expect(!worker.isReady)
        try await worker.start()
        #expect(worker.isReady)
        await worker.shutdown()
        #expect(!worker.isReady)
    }

    @Test func twoServicesOfOneProcessCountApart() async throws {
        let (first, second) = (Instruments(), Instruments())
        for instruments in [first, second] {
            _ = MartletService(
                stores: .inMemory(), options: Fixture.options(folder, slots: 1), instruments: instruments)
        }
        #expect(first.metrics.collected().map(\.measure.name) == second.metrics.collected().map(\.measure.name))
    }

    @Test func aProbeSaysWhetherAStoreAnswers() async {
        struct Away: Error {}
        let (here, away) = (StoreProbe("here") {}, StoreProbe("away") { throw Away() })
        #expect(await here.answers())
        #expect(await !away.answers())
    }
}
