/// Sums of quantised gradients in every bin.
///
/// A row's gradient g and hessian h are whole numbers in one 32-bit word (g signed in the upper half, h in the lower). A bin
/// holds both sums in 64 bits the same way, so that a row costs one addition a feature. Whole numbers add up alike in any
/// order: a histogram does not depend on the threads, and a child's is its parent's minus its sibling's.
enum HistogramBuilder {
    /// g in the upper half, h in the lower.
    @inline(__always)
    static func pack(gradient: Int32, hessian: Int32) -> Int32 { gradient << 16 | hessian }

    /// A row's word as a bin's.
    @inline(__always)
    static func widen(_ word: Int32) -> Int64 {
        let wide = Int64(word)
        return (wide & ~0xffff) << 16 + (wide & 0xffff)
    }

    /// The sum of gradients of a bin.
    @inline(__always)
    static func gradient(_ bin: Int64) -> Double { Double(bin >> 32) }

    /// The sum of hessians of a bin.
    @inline(__always)
    static func hessian(_ bin: Int64) -> Double { Double(bin & 0xffff_ffff) }

    /// Adds `rows` to the bins of one panel; `histogram` starts at the panel's first bin.
    static func add(
        _ features: BinnedFeatures, panel: Int, rows: UnsafePointer<Int32>, count: Int, gradients: UnsafePointer<Int32>,
        histogram: UnsafeMutablePointer<Int64>
    ) {
        let members = features.panels[panel]
        let bytes = UnsafeRawPointer(features.rows.base + panel * features.rowCount * 8)
        let origin = features.groupStarts[members.lowerBound]
        func start(_ place: Int) -> UnsafeMutablePointer<Int64> {
            let group = members.lowerBound + place
            return histogram + (group < members.upperBound ? features.groupStarts[group] - origin : 0)
        }
        let h = (start(0), start(1), start(2), start(3), start(4), start(5), start(6), start(7))
        let kernel = HistogramKernel(bytes: bytes, rows: rows, count: count, gradients: gradients, bins: h)
        switch members.count {
        case 1: kernel.run(1)
        case 2: kernel.run(2)
        case 3: kernel.run(3)
        case 4: kernel.run(4)
        case 5: kernel.run(5)
        case 6: kernel.run(6)
        case 7: kernel.run(7)
        default: kernel.run(8)
        }
    }

    /// Sets `larger` to `parent` minus `smaller`; `larger` may be the parent's memory.
    static func subtract(
        _ smaller: UnsafePointer<Int64>, from parent: UnsafePointer<Int64>, into larger: UnsafeMutablePointer<Int64>,
        count: Int
    ) {
        for bin in 0..<count { larger[bin] = parent[bin] &- smaller[bin] }
    }
}

/// The inner loop, unrolled for each width of a panel.
private struct HistogramKernel {
    typealias Bins = UnsafeMutablePointer<Int64>
    let bytes: UnsafeRawPointer
    let rows: UnsafePointer<Int32>
    let count: Int
    let gradients: UnsafePointer<Int32>
    let bins: (Bins, Bins, Bins, Bins, Bins, Bins, Bins, Bins)

    @inline(__always)
    func run(_ width: Int) {
        let (h0, h1, h2, h3, h4, h5, h6, h7) = bins
        for index in 0..<count {
            let row = Int(rows[index])
            let value = HistogramBuilder.widen(gradients[row])
            let word = bytes.load(fromByteOffset: row &* 8, as: UInt64.self)
            h0[Int(word & 0xff)] &+= value
            if width > 1 { h1[Int(word >> 8 & 0xff)] &+= value }
            if width > 2 { h2[Int(word >> 16 & 0xff)] &+= value }
            if width > 3 { h3[Int(word >> 24 & 0xff)] &+= value }
            if width > 4 { h4[Int(word >> 32 & 0xff)] &+= value }
            if width > 5 { h5[Int(word >> 40 & 0xff)] &+= value }
            if width > 6 { h6[Int(word >> 48 & 0xff)] &+= value }
            if width > 7 { h7[Int(word >> 56)] &+= value }
        }
    }
}
