extension GradientBoostingModel {
    /// Appends objective, scores, bins and trees.
    public func write(to writer: inout BinaryWriter) {
        let (code, parameter) = objective.code
        writer.write(UInt8(2))
        writer.write(code)
        writer.write(parameter)
        writer.write(UInt8(isLogTarget ? 1 : 0))
        writer.write(UInt32(outputCount))
        writer.write(baseScores)
        encoder.write(to: &writer)
        writer.write(UInt64(mappers.count))
        for mapper in mappers { mapper.write(to: &writer) }
        ensemble.write(to: &writer)
    }

    /// Reads what `write(to:)` wrote, checking that every part fits the others.
    public init(from reader: inout BinaryReader) throws {
        let version = try reader.read(UInt8.self)
        guard (1...2).contains(version) else { throw reader.failure("an unknown version of boosted trees") }
        let code = try reader.read(UInt8.self)
        let parameter = try reader.read(Float.self)
        let isLogTarget = try reader.read(UInt8.self)
        let outputCount = Int(try reader.read(UInt32.self))
        let baseScores = try reader.readArray(Double.self)
        guard let objective = Objective(code: code, parameter: parameter, scores: baseScores.count) else {
            throw reader.failure("an unknown objective \(code)")
        }
        guard isLogTarget <= 1, isLogTarget == 0 || outputCount == 1, objective.scoreCount == baseScores.count,
            outputCount == objective.outputCount
        else { throw reader.failure("outputs and scores do not fit the objective") }
        let encoder = try TreeFeatureEncoder(from: &reader)
        let mapperCount = try reader.readCount(elementSize: 17)
        var mappers: [BinMapper] = []
        for _ in 0..<mapperCount { mappers.append(try BinMapper(from: &reader)) }
        let ensemble = try TreeEnsemble(from: &reader, featureCount: mapperCount, hasCovers: version > 1)
        guard ensemble.treeCount % baseScores.count == 0 else { throw reader.failure("an iteration lacks trees") }
        self.init(
            objective: objective, isLogTarget: isLogTarget == 1, outputCount: outputCount, baseScores: baseScores,
            encoder: encoder, mappers: mappers, ensemble: ensemble)
    }
}

extension Objective {
    /// Columns of a prediction.
    var outputCount: Int {
        switch self {
        case .logistic: 2
        case .softmax(let classes): classes
        default: 1
        }
    }

    /// Whether targets are taken relative to the base score.
    var isCentred: Bool {
        switch self {
        case .squaredError, .huber: true
        default: false
        }
    }

    /// The objective's number in an artifact, and its parameter.
    fileprivate var code: (UInt8, Float) {
        switch self {
        case .squaredError: (0, 0)
        case .huber(let delta): (1, delta)
        case .poisson: (2, 0)
        case .gamma: (3, 0)
        case .tweedie(let power): (4, power)
        case .logistic: (5, 0)
        case .softmax: (6, 0)
        }
    }

    fileprivate init?(code: UInt8, parameter: Float, scores: Int) {
        switch code {
        case 0: self = .squaredError
        case 1: self = .huber(delta: parameter)
        case 2: self = .poisson
        case 3: self = .gamma
        case 4: self = .tweedie(power: parameter)
        case 5: self = .logistic
        case 6 where scores >= 2: self = .softmax(scores)
        default: return nil
        }
    }
}
