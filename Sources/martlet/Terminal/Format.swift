import Foundation
import Tabular

/// Numbers as people read them.
enum Format {
    /// `1,234,567`.
    static func count(_ value: Int) -> String {
        var text = String(value.magnitude)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return value < 0 ? "-" + text : text
    }

    /// Five significant digits, or all digits of the whole part.
    static func score(_ value: Double) -> String {
        if !value.isFinite { return "–" }
        let whole = abs(value) < 1 ? 0 : Int(log10(abs(value))) + 1
        return String(format: "%.\(max(0, min(5, 5 - whole)))f", value)
    }

    /// `12 s`, `3.4 s`, `5m 12s`.
    static func seconds(_ value: Double) -> String {
        if value < 10 { return String(format: "%.1f s", value) }
        if value < 120 { return "\(Int(value.rounded())) s" }
        return "\(Int64(saturating: value) / 60)m \(Int64(saturating: value) % 60)s"
    }

    /// `1 kB`, `2.3 MB`.
    static func bytes(_ value: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var amount = Double(value)
        var unit = 0
        while amount >= 1000, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return unit == 0 || amount >= 100
            ? "\(Int(amount)) \(units[unit])" : String(format: "%.1f %@", amount, units[unit])
    }
}
