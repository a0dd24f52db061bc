import Foundation
public import Tabular

/// A trained linear model.
public struct LinearModel: FittedModel {
    /// Names it in an artifact.
    public static let kind = "linear"
    /// Rows that are encoded at once, which bounds the memory of a prediction.
    private static let batch = 32_768

    package let encoder: DenseEncoder
    /// Classes, or 1 for regression.
    package let outputCount: Int
    /// A row of coefficients and an intercept for each class; one row for two classes and for regression.
    package let parameters: [Float]
    /// A regression's answer is `centre + scale × score`.
    package let centre: Double
    package let scale: Double
    /// The mean of each encoded number over the training rows; empty in files that do not tell.
    let means: [Float]

    /// Added to the first number of a file that has means.
    private static let meansFlag = 1 << 32

    init(
        encoder: DenseEncoder, outputCount: Int, parameters: [Double], centre: Double, scale: Double, means: [Float]
    ) {
        self.encoder = encoder
        self.outputCount = outputCount
        self.parameters = parameters.map { Float($0) }
        self.centre = centre
        self.scale = scale
        self.means = means
    }

    var scoreCount: Int { outputCount == 2 ? 1 : outputCount }

    /// Probabilities, or values, of every row.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        try context.check()
        var values: [Double] = []
        values.reserveCapacity(features.rowCount * outputCount)
        for start in stride(from: 0, to: features.rowCount, by: LinearModel.batch) {
            try context.check()
            let end = min(start + LinearModel.batch, features.rowCount)
            let isWhole = start == 0 && end == features.rowCount
            let part = isWhole ? features : features.selecting((Int32(start)..<Int32(end)).map { $0 })
            values += answers(try encoder.encode(part, context: context), pool: context.pool)
        }
        return Predictions(outputCount: outputCount, values: values)
    }

    private func answers(_ matrix: DenseMatrix, pool: ThreadPool) -> [Double] {
        let outputCount = outputCount
        let columns = matrix.columnCount
        var answers = [Double](repeating: 0, count: matrix.rowCount * outputCount)
        SharedArray.with(&answers) { buffer in
            pool.forEachRowBlock(of: matrix.rowCount, size: 1024) { [self] _, rows in
                parameters.withUnsafeBufferPointer { parameters in
                    matrix.values.withUnsafeBufferPointer { values in
                        guard let start = parameters.baseAddress else { return }
                        for row in rows {
                            let entries = values.baseAddress.map { $0 + row * columns } ?? start
                            let answer = buffer.base + row * outputCount
                            for output in 0..<scoreCount {
                                let place = output * (columns + 1)
                                answer[output] = Double(dot(entries, start + place, columns) + start[place + columns])
                            }
                            finish(answer)
                        }
                    }
                }
            }
        }
        return answers
    }

    /// Turns a row's scores into its answer.
    @inline(__always)
    private func finish(_ answer: UnsafeMutablePointer<Double>) {
        switch outputCount {
        case 1: answer[0] = centre + scale * answer[0]
        case 2:
            let tail = exp(-abs(answer[0]))
            let larger = 1 / (1 + tail)
            let smaller = tail / (1 + tail)
            (answer[0], answer[1]) = answer[0] >= 0 ? (smaller, larger) : (larger, smaller)
        default: softmax(answer, outputCount)
        }
    }

    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        let head = try reader.readInt(in: 1...LinearModel.meansFlag + 1 << 20)
        let hasMeans = head > LinearModel.meansFlag
        outputCount = hasMeans ? head - LinearModel.meansFlag : head
        guard outputCount <= 1 << 20 else { throw reader.failure("\(outputCount) outputs of a linear model") }
        let numbers = try reader.readFinite(Double.self, count: 2)
        (centre, scale) = (numbers[0], numbers[1])
        encoder = try DenseEncoder(from: &reader)
        parameters = try reader.readFinite(count: (outputCount == 2 ? 1 : outputCount) * (encoder.width + 1))
        means = hasMeans ? try reader.readFinite(count: encoder.width) : []
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(Int64(means.isEmpty ? outputCount : outputCount + LinearModel.meansFlag))
        writer.write([centre, scale])
        encoder.write(to: &writer)
        writer.write(parameters)
        if !means.isEmpty { writer.write(means) }
    }
}
