import Foundation

/// Draws configurations near good ones and away from bad ones: the tree-structured Parzen estimator (Bergstra et al. 2011),
/// with the dimensions of one draw taken around one good configuration, so that the draw keeps what made that one good.
struct ParzenSampler {
    let space: SearchSpace
    /// Unit places of what was tried, best first.
    let ranked: [[Double]]

    private static let candidates = 24

    /// A place to try; `reach` in 0 ... 1 says how far from what is known.
    func draw(_ random: inout RandomSource, reach: Double) -> [Double] {
        guard !ranked.isEmpty else { return uniform(&random) }
        let goodCount = max(1, min(8, Int((Double(ranked.count) * 0.25).rounded(.up))))
        let good = Array(ranked[..<goodCount])
        let bad = Array(ranked[goodCount...])
        let width = 0.06 + 0.22 * reach
        var best: (place: [Double], merit: Double)?
        for _ in 0..<ParzenSampler.candidates {
            // Better configurations are more often the centre.
            let centre = good[min(random.below(goodCount), random.below(goodCount))]
            let place = perturbed(centre, width, &random)
            let merit = density(place, good, width) - density(place, bad, width)
            if merit > best?.merit ?? -.infinity { best = (place, merit) }
        }
        return best?.place ?? uniform(&random)
    }

    /// A place drawn evenly.
    func uniform(_ random: inout RandomSource) -> [Double] { space.parameters.map { _ in random.unit() } }

    private func perturbed(_ centre: [Double], _ width: Double, _ random: inout RandomSource) -> [Double] {
        var place = centre
        var changed = false
        while !changed, !place.isEmpty {
            for (index, parameter) in space.parameters.enumerated() where random.unit() < 0.6 {
                changed = true
                if let count = parameter.domain.choiceCount {
                    if random.unit() < 0.35 { place[index] = (Double(random.below(count)) + 0.5) / Double(count) }
                } else {
                    place[index] = reflected(centre[index] + width * random.normal())
                }
            }
        }
        return place
    }

    private func reflected(_ value: Double) -> Double {
        let wrapped = abs(value).truncatingRemainder(dividingBy: 2)
        return wrapped > 1 ? 2 - wrapped : wrapped
    }

    /// Logarithm of the mean of the products of kernels around `centres`; evenly spread mass keeps it finite.
    private func density(_ place: [Double], _ centres: [[Double]], _ width: Double) -> Double {
        var sum = 0.0
        for centre in centres {
            var exponent = 0.0
            for (index, parameter) in space.parameters.enumerated() {
                let distance = place[index] - centre[index]
                if let count = parameter.domain.choiceCount {
                    exponent += abs(distance) < 0.5 / Double(count) ? 0 : 2
                } else {
                    exponent += distance * distance / (2 * width * width)
                }
            }
            sum += exp(-exponent)
        }
        return log((sum + 1e-3) / Double(centres.count + 1))
    }
}
