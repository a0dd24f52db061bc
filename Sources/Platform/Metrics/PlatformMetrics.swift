internal import AutoML
public import Telemetry

/// The metrics of experiments, trials, workers and what they stand on, all of them declared here.
public enum PlatformMetrics {
    // MARK: What every process has

    static let build = Measure.gauge(
        "martlet_build_info", "Always 1: the version and the role", labels: ["version", "role"])
    static let logMessages = Measure.counter(
        "martlet_log_messages_total", "Lines written to the log", labels: ["level"])
    static let spansExported = Measure.counter(
        "martlet_spans_exported_total", "Spans of traces that the collector took; there where traces are on")
    static let spansDropped = Measure.counter(
        "martlet_spans_dropped_total", "Spans that were dropped: the collector is away, or too slow")
    static let storeUp = Measure.gauge(
        "martlet_store_up", "Whether a store answered a small question, asked every 10 s (1) or not (0)",
        labels: ["store"])
    static let workWaiting = Measure.gauge(
        "martlet_work_waiting",
        "Pieces of work that wait because the disk is full (no_space) or a store cannot be used (unavailable)",
        labels: ["reason"])
    static let dataReadBytes = Measure.counter(
        "martlet_data_read_bytes_total", "Encoded bytes of datasets that were read, by where they came from",
        labels: ["source"])
    static let cacheRequests = Measure.counter(
        "martlet_cache_requests_total",
        "Questions to a cache: “memory” holds prepared data in the process, “shared” is Redis",
        labels: ["level", "result"])
    static let cacheBytes = Measure.gauge(
        "martlet_cache_bytes", "Memory that a cache uses, as of the last look", labels: ["level"])
    static let cacheEvictions = Measure.counter(
        "martlet_cache_evictions_total", "What a cache gave up for want of room, as of the last look",
        labels: ["level"])

    static let modelCacheRequests = Measure.counter(
        "martlet_model_cache_requests_total", "Models that were asked for, in memory (hit) or not (miss)",
        labels: ["result"])
    static let modelCacheBytes = Measure.gauge(
        "martlet_model_cache_bytes", "Bytes of the artifacts whose models are in memory")
    static let modelCacheEvictions = Measure.counter(
        "martlet_model_cache_evictions_total", "Models that were given up in memory for want of room")

    // MARK: What those say that serve the API; sampled every 10 s or, where that takes long, less often

    static let datasets = Measure.gauge("martlet_datasets", "Datasets")
    static let datasetBytes = Measure.gauge(
        "martlet_dataset_stored_bytes", "Bytes of all datasets as they were uploaded")
    static let experiments = Measure.gauge("martlet_experiments", "Experiments by state", labels: ["state"])
    static let queueLag = Measure.gauge(
        "martlet_queue_lag_messages", "Messages of a topic that its readers have not dealt with", labels: ["topic"])
    static let diskFree = Measure.gauge(
        "martlet_disk_free_bytes", "Room on the file system of a folder", labels: ["volume"])
    static let diskSize = Measure.gauge(
        "martlet_disk_size_bytes", "Size of the file system of a folder", labels: ["volume"])
    static let workers = Measure.gauge("martlet_workers", "Workers, as this process hears of them")
    static let slots = Measure.gauge("martlet_slots", "Trials that all workers can train at a time")
    static let slotsBusy = Measure.gauge("martlet_slots_busy", "Trials that all workers train now")

    // MARK: The coordinator

    static let experimentsFinished = Measure.counter(
        "martlet_experiments_finished_total", "Experiments that ended here", labels: ["state"])
    static let experimentBestScore = Measure.gauge(
        "martlet_experiment_best_score",
        "Best score so far of an experiment that this process runs (20 at most, until a minute after the end)",
        labels: ["experiment", "metric"])
    static let experimentProgress = Measure.gauge(
        "martlet_experiment_progress_ratio", "Share of its budget that such an experiment has used",
        labels: ["experiment"])
    static let experimentTrials = Measure.gauge(
        "martlet_experiment_trials", "Trials of such an experiment", labels: ["experiment", "state"])
    static let overrun = Measure.histogram(
        "martlet_experiment_deadline_overrun_seconds",
        "Time beyond the budget, 0 when in time, of experiments with a time budget that were completed",
        bounds: [0, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
    static let trialsFinished = Measure.counter(
        "martlet_trials_finished_total", "Trials whose end an experiment took in", labels: ["learner", "status"])
    static let trialsWaiting = Measure.gauge(
        "martlet_trials_waiting", "Trials proposed here that wait for a free slot")
    static let trialsGivenOut = Measure.gauge(
        "martlet_trials_given_out", "Trials given to workers that no result is there for")

    // MARK: The worker

    static let deadLetters = Measure.counter("martlet_dead_letters_total", "Trials that were given up here")
    static let workerSlots = Measure.gauge("martlet_worker_slots", "Trials that this process trains at a time, at most")
    static let workerSlotsBusy = Measure.gauge("martlet_worker_slots_busy", "Trials that this process trains now")
    static let workerReady = Measure.gauge(
        "martlet_worker_ready", "Whether this process takes trials (1) or starts or stops (0)")
    static let workerTrials = Measure.counter(
        "martlet_worker_trials_total", "Trials trained here", labels: ["learner", "status"])
    static let trialSeconds = Measure.histogram(
        "martlet_trial_duration_seconds", "Time that a trial trained, its data ready", labels: ["learner"],
        bounds: Measure.workSeconds)
    static let trialExpectedMemory = Measure.histogram(
        "martlet_trial_expected_memory_bytes", "Memory that a trial was expected to need, beyond its data",
        labels: ["learner"], bounds: Measure.memoryBytes)
    static let trialPeakMemory = Measure.histogram(
        "martlet_trial_peak_memory_bytes",
        "Growth of the process's resident memory while a trial trained alone in it, looked at every 20 ms",
        labels: ["learner"], bounds: Measure.memoryBytes)

    /// What a process of any role has.
    public static let common = [
        build, logMessages, spansExported, spansDropped, storeUp, workWaiting, dataReadBytes, cacheRequests, cacheBytes,
        cacheEvictions,
    ]
    /// What `martlet serve` and `martlet master` have besides.
    public static let service = [
        datasets, datasetBytes, experiments, queueLag, diskFree, diskSize, workers, slots, slotsBusy,
        experimentsFinished, experimentBestScore, experimentProgress, experimentTrials, overrun, trialsFinished,
        trialsWaiting, trialsGivenOut, modelCacheRequests, modelCacheBytes, modelCacheEvictions,
    ]
    /// What `martlet serve` and `martlet worker` have besides.
    public static let worker = [
        deadLetters, workerSlots, workerSlotsBusy, workerReady, workerTrials, trialSeconds, trialExpectedMemory,
        trialPeakMemory,
    ]

    /// Adds what the process is, and what its log holds, to its metrics.
    public static func register(role: String, in instruments: Instruments) {
        ProcessMetrics.register(in: instruments.metrics)
        let (log, tracer) = (instruments.log, instruments.tracer)
        instruments.metrics.collect([spansExported, spansDropped]) { collection in
            if let count = tracer.exported { collection.add(spansExported, count) }
            if let count = tracer.dropped { collection.add(spansDropped, count) }
        }
        instruments.metrics.collect([build, logMessages]) { collection in
            collection.add(build, [martletVersion, role], 1)
            for level in LogLevel.allCases { collection.add(logMessages, [level.rawValue], log.count(level)) }
        }
    }
}
