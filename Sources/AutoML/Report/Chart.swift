import Foundation
import Tabular

/// Text for HTML and SVG.
func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default:
            if character.value >= 32 || character == "\n" || character == "\t" {
                result.unicodeScalars.append(character)
            }
        }
    }
    return result
}

/// Numbers as a reader of a report wants them.
enum Numeral {
    /// About four digits.
    static func text(_ value: Double) -> String {
        if !value.isFinite { return "–" }
        let size = abs(value)
        if size >= 1e6 || (size < 1e-4 && size > 0) { return String(format: "%.3g", value) }
        if size >= 1000 { return String(format: "%.0f", value) }
        if value == value.rounded() { return String(format: "%.0f", value) }
        return String(format: size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : size >= 1 ? "%.3f" : "%.4f", value)
    }

    /// A weight of rows, rounded, with a comma at the thousands.
    static func count(_ value: Double) -> String { count(Int(Int64(saturating: value.rounded()))) }

    /// With a comma at the thousands.
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return value < 0 ? "-" + digits : digits
    }

    /// A pair of ends.
    static func interval(_ ends: [Double]?) -> String {
        guard let ends, ends.count == 2 else { return "" }
        return "\(text(ends[0])) to \(text(ends[1]))"
    }

    /// For coordinates.
    static func place(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// One SVG chart with two linear axes.
struct Chart {
    private let width: Double
    private let height: Double
    private let left: Double
    private let bottom = 40.0
    private let top = 12.0
    private let right = 14.0
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>
    private var body = ""
    private let title: String

    /// A chart of these ranges; `title` is read to those who cannot see it.
    init(
        _ title: String, x: ClosedRange<Double>, y: ClosedRange<Double>, width: Double = 420, height: Double = 280,
        left: Double = 56
    ) {
        self.title = title
        self.width = width
        self.height = height
        self.left = left
        self.x = x.lowerBound < x.upperBound ? x : x.lowerBound - 0.5...x.upperBound + 0.5
        self.y = y.lowerBound < y.upperBound ? y : y.lowerBound - 0.5...y.upperBound + 0.5
    }

    /// The range between two ends, whatever they are: what is no number is 0, and what has no distance is brought nearer.
    static func range(_ first: Double, _ last: Double) -> ClosedRange<Double> {
        let most = Double.greatestFiniteMagnitude / 8
        let ends = [first, last].map { min(max($0.bounded, -most), most) }
        return min(ends[0], ends[1])...max(ends[0], ends[1])
    }

    private func across(_ value: Double) -> Double {
        left + (min(max(value, x.lowerBound), x.upperBound) - x.lowerBound) / (x.upperBound - x.lowerBound)
            * (width - left - right)
    }

    private func up(_ value: Double) -> Double {
        height - bottom - (min(max(value, y.lowerBound), y.upperBound) - y.lowerBound) / (y.upperBound - y.lowerBound)
            * (height - bottom - top)
    }

    private func point(_ x: Double, _ y: Double) -> String { "\(Numeral.place(across(x))),\(Numeral.place(up(y)))" }

    /// Round numbers that divide a range into about `count` parts.
    static func ticks(_ range: ClosedRange<Double>, count: Int = 5) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite else { return [range.lowerBound] }
        let rough = span / Double(count)
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        var ticks: [Double] = []
        var value = (range.lowerBound / step).rounded(.up) * step
        while value <= range.upperBound + step * 1e-9, ticks.count < 20 {
            ticks.append(abs(value) < step * 1e-9 ? 0 : value)
            value += step
        }
        return ticks
    }

    /// Axes with labels; a label maker can turn numbers into dates.
    mutating func axes(
        _ xLabel: String, _ yLabel: String, xText: (Double) -> String = Chart.tick, xTicks: [Double]? = nil
    ) {
        let (floor, end) = (height - bottom, width - right)
        var svg = ""
        for tick in Chart.ticks(y) {
            let place = Numeral.place(up(tick))
            svg += "<line class='grid' x1='\(left)' x2='\(end)' y1='\(place)' y2='\(place)'/>"
            svg +=
                "<text class='tick' x='\(left - 6)' y='\(Numeral.place(up(tick) + 3.5))' text-anchor='end'>"
                + "\(Chart.tick(tick))</text>"
        }
        for tick in xTicks ?? Chart.ticks(x) {
            let place = Numeral.place(across(tick))
            svg +=
                "<text class='tick' x='\(place)' y='\(floor + 15)' text-anchor='middle'>\(escaped(xText(tick)))</text>"
        }
        svg += "<line class='axis' x1='\(left)' x2='\(end)' y1='\(floor)' y2='\(floor)'/>"
        svg +=
            "<text class='label' x='\(Numeral.place((left + end) / 2))' y='\(height - 6)' text-anchor='middle'>"
            + "\(escaped(xLabel))</text>"
        let middle = Numeral.place((top + floor) / 2)
        svg +=
            "<text class='label' transform='translate(12 \(middle)) rotate(-90)' text-anchor='middle'>"
            + "\(escaped(yLabel))</text>"
        body = svg + body
    }

    static func tick(_ value: Double) -> String {
        let size = abs(value)
        if size >= 1e6 || (size < 1e-3 && size > 0) { return String(format: "%.2g", value) }
        if size >= 10_000 { return String(format: "%.4gk", value / 1000) }
        return String(format: "%.4g", value)
    }

    mutating func line(_ xs: [Double], _ ys: [Double], _ style: String = "line") {
        guard xs.count == ys.count, !xs.isEmpty else { return }
        body +=
            "<polyline class='\(style)' points='"
            + zip(xs, ys).map { point($0, $1) }.joined(separator: " ") + "'/>"
    }

    mutating func band(_ xs: [Double], _ low: [Double], _ high: [Double], _ style: String = "band") {
        guard !xs.isEmpty, xs.count == low.count, xs.count == high.count else { return }
        let points = zip(xs, high).map { point($0, $1) } + zip(xs, low).reversed().map { point($0, $1) }
        body += "<polygon class='\(style)' points='\(points.joined(separator: " "))'/>"
    }

    mutating func dot(_ x: Double, _ y: Double, radius: Double = 3, _ style: String = "dot", note: String = "") {
        let hint = note.isEmpty ? "" : "<title>\(escaped(note))</title>"
        body +=
            "<circle class='\(style)' cx='\(Numeral.place(across(x)))' cy='\(Numeral.place(up(y)))' r='\(radius)'>"
            + hint + "</circle>"
    }

    mutating func bar(
        from x0: Double, to x1: Double, y0: Double = 0, y1: Double, _ style: String = "bar", note: String = ""
    ) {
        let (a, b) = (up(max(y0, y1)), up(min(y0, y1)))
        body +=
            "<rect class='\(style)' x='\(Numeral.place(across(x0) + 0.5))' y='\(Numeral.place(a))' "
            + "width='\(Numeral.place(max(0.5, across(x1) - across(x0) - 1)))' height='\(Numeral.place(b - a))'>"
            + (note.isEmpty ? "" : "<title>\(escaped(note))</title>") + "</rect>"
    }

    mutating func whisker(_ x: Double, _ low: Double, _ high: Double) {
        body +=
            "<line class='whisker' x1='\(Numeral.place(across(x)))' x2='\(Numeral.place(across(x)))' "
            + "y1='\(Numeral.place(up(low)))' y2='\(Numeral.place(up(high)))'/>"
    }

    mutating func vertical(_ x: Double, _ style: String = "mark") {
        body +=
            "<line class='\(style)' x1='\(Numeral.place(across(x)))' x2='\(Numeral.place(across(x)))' "
            + "y1='\(top)' y2='\(height - bottom)'/>"
    }

    mutating func text(
        _ x: Double, _ y: Double, _ text: String, dx: Double = 6, dy: Double = 3.5, anchor: String = "start"
    ) {
        body +=
            "<text class='tick' x='\(Numeral.place(across(x) + dx))' y='\(Numeral.place(up(y) + dy))' "
            + "text-anchor='\(anchor)'>\(escaped(text))</text>"
    }

    var svg: String {
        "<svg viewBox='0 0 \(Int(width)) \(Int(height))' role='img' aria-label='\(escaped(title))'>\(body)</svg>"
    }
}

/// Bars to the right with names at the left, each with an interval where there is one.
struct BarList {
    struct Bar {
        var name: String
        var value: Double
        var interval: [Double]?
    }

    static func svg(_ title: String, _ bars: [Bar], width: Double = 860, labelWidth: Double = 190) -> String {
        let rowHeight = 22.0
        let height = rowHeight * Double(bars.count) + 8
        let ends = bars.flatMap { [$0.value] + ($0.interval ?? []) }
        let (low, high) = (min(0, ends.min() ?? 0), max(ends.max() ?? 1, 1e-12))
        let room = width - labelWidth - 90
        func across(_ value: Double) -> Double { labelWidth + (value - low) / (high - low) * room }
        var body = ""
        for (index, bar) in bars.enumerated() {
            let y = 4 + rowHeight * Double(index)
            let middle = Numeral.place(y + rowHeight / 2)
            let (a, b) = (across(min(0, bar.value)), across(max(0, bar.value)))
            body +=
                "<text class='name' x='\(labelWidth - 8)' y='\(Numeral.place(y + rowHeight / 2 + 4))' "
                + "text-anchor='end'>\(escaped(shortened(bar.name)))<title>\(escaped(bar.name))</title></text>"
            body +=
                "<rect class='bar' x='\(Numeral.place(a))' y='\(Numeral.place(y + 4))' "
                + "width='\(Numeral.place(max(1, b - a)))' height='\(rowHeight - 8)' rx='2'/>"
            if let interval = bar.interval, interval.count == 2 {
                body +=
                    "<line class='whisker' x1='\(Numeral.place(across(interval[0])))' "
                    + "x2='\(Numeral.place(across(interval[1])))' y1='\(middle)' y2='\(middle)'/>"
            }
            let end = max(across(bar.value), bar.interval.map { across($0[1]) } ?? 0)
            body +=
                "<text class='tick' x='\(Numeral.place(end + 6))' y='\(Numeral.place(y + rowHeight / 2 + 3.5))'>"
                + "\(Numeral.text(bar.value))</text>"
        }
        return "<svg viewBox='0 0 \(Int(width)) \(Int(height))' role='img' aria-label='\(escaped(title))'>\(body)</svg>"
    }

    static func shortened(_ text: String, to count: Int = 26) -> String {
        text.count > count ? text.prefix(count - 1) + "…" : text
    }
}
