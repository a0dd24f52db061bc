import Foundation

/// Gauss-Legendre quadrature on 0 … 1: exact for polynomials of degree below twice the number of places.
struct QuadratureRule: Sendable {
    let places: [Double]
    let weights: [Double]

    private static let rules: [Int: QuadratureRule] = {
        Dictionary(uniqueKeysWithValues: [2, 3, 4, 5, 6, 7, 8, 16, 32, 64].map { ($0, QuadratureRule(count: $0)) })
    }()

    /// The rule of so many places, at least 2; those of 2 to 8, 16, 32 and 64 are there already.
    static func of(_ count: Int) -> QuadratureRule { rules[count] ?? QuadratureRule(count: count) }

    private init(count: Int) {
        var places: [Double] = []
        var weights: [Double] = []
        for index in 0..<count {
            // Newton's method on the Legendre polynomial, from a close first guess.
            var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<50 {
                var (previous, value) = (1.0, x)
                for degree in 2...count {
                    let n = Double(degree)
                    (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n)
                }
                slope = Double(count) * (x * value - previous) / (x * x - 1)
                let step = value / slope
                x -= step
                if abs(step) < 1e-15 { break }
            }
            places.append((1 - x) / 2)
            weights.append(1 / ((1 - x * x) * slope * slope))
        }
        self.places = places
        self.weights = weights
    }
}
