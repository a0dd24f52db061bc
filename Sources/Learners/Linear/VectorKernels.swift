/// Sum of products of `count` numbers, eight lanes at a time in a fixed order.
@inline(__always)
func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var first = SIMD8<Float>.zero
    var second = SIMD8<Float>.zero
    let left = UnsafeRawPointer(a)
    let right = UnsafeRawPointer(b)
    var index = 0
    while index + 16 <= count {
        let place = index * 4
        first +=
            left.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
            * right.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        second +=
            left.loadUnaligned(fromByteOffset: place + 32, as: SIMD8<Float>.self)
            * right.loadUnaligned(fromByteOffset: place + 32, as: SIMD8<Float>.self)
        index += 16
    }
    var sum = (first + second).sum()
    while index < count {
        sum += a[index] * b[index]
        index += 1
    }
    return sum
}

/// Adds `scale` times `count` numbers of `x` to `y`.
@inline(__always)
func addScaled(_ scale: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int) {
    let source = UnsafeRawPointer(x)
    let target = UnsafeMutableRawPointer(y)
    let factor = SIMD8<Float>(repeating: scale)
    var index = 0
    while index + 8 <= count {
        let place = index * 4
        let sum =
            target.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self) + factor
            * source.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        target.storeBytes(of: sum, toByteOffset: place, as: SIMD8<Float>.self)
        index += 8
    }
    while index < count {
        y[index] += scale * x[index]
        index += 1
    }
}

/// Adds four scaled vectors of `count` numbers to `y` at once.
@inline(__always)
func addScaled(
    _ scales: SIMD4<Float>, _ x0: UnsafePointer<Float>, _ x1: UnsafePointer<Float>, _ x2: UnsafePointer<Float>,
    _ x3: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
) {
    let sources = (UnsafeRawPointer(x0), UnsafeRawPointer(x1), UnsafeRawPointer(x2), UnsafeRawPointer(x3))
    let target = UnsafeMutableRawPointer(y)
    var index = 0
    while index + 8 <= count {
        let place = index * 4
        var sum = target.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        sum += scales[0] * sources.0.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        sum += scales[1] * sources.1.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        sum += scales[2] * sources.2.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        sum += scales[3] * sources.3.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        target.storeBytes(of: sum, toByteOffset: place, as: SIMD8<Float>.self)
        index += 8
    }
    while index < count {
        y[index] += scales[0] * x0[index] + scales[1] * x1[index] + scales[2] * x2[index] + scales[3] * x3[index]
        index += 1
    }
}
