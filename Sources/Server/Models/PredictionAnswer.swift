internal import AutoML
internal import HTTP
internal import Learners

/// The answer to a prediction of rows, `{"predictions": […]}`: in memory while it is short, in a temporary file where it is long.
/// Nothing of it is sent before it is whole, so that a bad row far down is a clean problem.
struct PredictionAnswer {
    /// Bytes kept in memory.
    private static let most = 4 << 20

    private let format: PredictionFormat
    private let folder: String
    private var writer = JSONWriter()
    private var file: SpoolFile?
    private var isFirst = true

    init(_ model: ModelArtifact, spoolFolder: String) {
        format = PredictionFormat(model)
        folder = spoolFolder
        format.writeStart(to: &writer)
    }

    mutating func add(_ rows: PredictedRows) throws {
        format.writeJSON(rows, isFirst: &isFirst, to: &writer)
        if writer.bytes.count > PredictionAnswer.most { try spill() }
    }

    private mutating func spill() throws {
        let file = try file ?? SpoolFile(in: folder)
        self.file = file
        try file.appendNow(writer.take())
    }

    /// The whole answer.
    mutating func response() throws -> Response {
        format.writeEnd(to: &writer)
        guard file != nil else { return .json(bytes: writer.bytes) }
        try spill()
        return Response(
            headers: ["Content-Type": "application/json"], body: try file?.body() ?? .empty)
    }
}
