public import Tabular

extension LinearModel: ContributingModel {
    /// Exact Shapley values of the scores for independent columns: each coefficient times the distance of its number from the
    /// training rows' mean, summed over the numbers that a column is encoded as (Lundberg, Lee 2017, section 4.1).
    public func contributions(_ features: Table, context: TrainingContext) throws -> Contributions? {
        guard means.count == encoder.width, !means.isEmpty else { return nil }
        let matrix = try encoder.encode(features, context: context)
        var names: [String] = []
        var placeOf: [String: Int] = [:]
        var columnOfEntry: [Int] = []
        for encoding in encoder.encodings {
            let place = placeOf[encoding.column] ?? names.count
            if place == names.count {
                placeOf[encoding.column] = place
                names.append(encoding.column)
            }
            columnOfEntry += [Int](repeating: place, count: encoding.width)
        }
        let (width, outputs, isRegression) = (encoder.width, scoreCount, outputCount == 1)
        let factor = isRegression ? scale : 1
        let base = (0..<outputs).map { output -> Double in
            let start = output * (width + 1)
            let score = (0..<width).reduce(Double(parameters[start + width])) {
                $0 + Double(parameters[start + $1]) * Double(means[$1])
            }
            return isRegression ? centre + scale * score : score
        }
        var values = [Double](repeating: 0, count: matrix.rowCount * names.count * outputs)
        for row in 0..<matrix.rowCount {
            for entry in 0..<width {
                let distance = Double(matrix.values[row * width + entry]) - Double(means[entry])
                let place = (row * names.count + columnOfEntry[entry]) * outputs
                for output in 0..<outputs {
                    values[place + output] += factor * distance * Double(parameters[output * (width + 1) + entry])
                }
            }
        }
        return Contributions(
            columns: names, base: base, values: values, scale: isRegression ? .targetUnits : .logOdds,
            outputScale: isRegression ? .targetUnits : .probability,
            link: isRegression ? .identity : outputs == 1 ? .single { logistic($0) } : .softmax)
    }
}
