import Learners

/// Dates and times read from their text in a graph: ISO 8601, `2024-03-31`, `2024-03-31T14:05:09.25+02:00` with a space for
/// the `T` and any of time, seconds, fraction and offset left out. The empty string is missing; any other text ends the run
/// with an error that names the column.
struct ONNXMoment {
    private static let day = #"\d{4}-\d{1,2}-\d{1,2}"#
    private static let midnight = #"([T ]0?0:00(:00([.]0+)?)?Z?)?"#
    private static let time = #"([T ]\d{1,2}:\d{2}(:\d{2}([.]\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?"#

    private let graph: ONNXGraph
    private let hasTime: Bool
    private let isMissing: ONNXGraph.Value
    /// Days since 1970-01-01.
    private let days: ONNXGraph.Value
    /// Microseconds of the day.
    private let microseconds: ONNXGraph.Value

    init(_ input: ONNXGraph.Value, column: String, hasTime: Bool, in graph: ONNXGraph) {
        self.graph = graph
        self.hasTime = hasTime
        let presence = graph.lookUp(input, [("", 0)], other: 1)
        isMissing = graph.node("Equal", [presence, graph.integer(0)])
        let pattern = ONNXMoment.day + (hasTime ? ONNXMoment.time : ONNXMoment.midnight)
        let isWellFormed = graph.node("RegexFullMatch", [input], [("pattern", .string(pattern))])
        // What cannot be taken apart is set aside until the end, so that one error tells of all of it.
        let text = graph.choose(isWellFormed, input, Text.constant("1970-01-01", graph))

        let halves = Text(text, graph).splitting(by: "T").joined.splitting(by: nil, otherwise: "0:0")
        let date = Text(halves.parts[0], graph).splitting(by: "-", count: 3)
        let numbers = date.parts.map { graph.cast($0, to: .int64) }
        let start = ONNXMoment.days(year: numbers[0], month: numbers[1], day: numbers[2], graph)
        // A day that does not exist is another day when it is written back.
        let again = ONNXMoment.civil(start, graph)
        let exists = graph.node(
            "And",
            [
                graph.node("Equal", [again.month, numbers[1]]), graph.node("Equal", [again.day, numbers[2]]),
            ])
        let isSound = graph.node("And", [graph.node("Or", [isWellFormed, isMissing]), exists])
        let zero = graph.require(
            isSound, graph.number(0), "column \"\(column)\" holds text that is not an ISO 8601 date")
        let checked = graph.add(start, graph.cast(zero, to: .int64))
        guard hasTime else {
            days = checked
            microseconds = graph.integer(0)
            return
        }
        let sinceMidnight = ONNXMoment.microseconds(halves.parts[1], graph)
        let perDay = graph.integer(86_400_000_000)
        microseconds = graph.node("Mod", [sinceMidnight, perDay])
        days = graph.add(checked, graph.divide(graph.subtract(sinceMidnight, microseconds), perDay))
    }

    /// A part as doubles, NaN where missing; the same numbers as `Moment` gives.
    func value(of part: DatePart) -> ONNXGraph.Value {
        graph.choose(isMissing, graph.number(.nan), known(part))
    }

    private func known(_ part: DatePart) -> ONNXGraph.Value {
        func double(_ value: ONNXGraph.Value) -> ONNXGraph.Value { graph.cast(value, to: .double) }
        switch part {
        case .year: return double(ONNXMoment.civil(days, graph).year)
        case .month: return double(ONNXMoment.civil(days, graph).month)
        case .day: return double(ONNXMoment.civil(days, graph).day)
        case .weekday:
            let sinceMonday = graph.node("Mod", [graph.add(days, graph.integer(3)), graph.integer(7)])
            return double(graph.add(sinceMonday, graph.integer(1)))
        case .dayOfYear:
            let year = ONNXMoment.civil(days, graph).year
            let first = ONNXMoment.days(year: year, month: graph.integer(1), day: graph.integer(1), graph)
            return double(graph.add(graph.subtract(days, first), graph.integer(1)))
        case .days:
            if !hasTime { return double(days) }
            return graph.add(double(days), graph.divide(double(microseconds), graph.number(86_400e6)))
        case .hour: return double(graph.divide(microseconds, graph.integer(3_600_000_000)))
        case .minuteOfDay: return double(graph.divide(microseconds, graph.integer(60_000_000)))
        }
    }

    /// Microseconds since midnight UTC of `h:mm`, `h:mm:ss` or `h:mm:ss.f`, with `Z`, an offset or neither behind.
    private static func microseconds(_ text: ONNXGraph.Value, _ graph: ONNXGraph) -> ONNXGraph.Value {
        func minutes(_ text: ONNXGraph.Value) -> ONNXGraph.Value {
            let parts = Text(text, graph).splitting(by: ":", count: 2).parts.map { graph.cast($0, to: .int64) }
            return graph.add(graph.multiply(parts[0], graph.integer(60)), parts[1])
        }
        let local = Text(Text(text, graph).splitting(by: "Z").parts[0], graph)
        let east = local.splitting(by: "+", otherwise: "0:0").parts
        let west = Text(east[0], graph).splitting(by: "-", otherwise: "0:0").parts
        let clock = Text(west[0], graph).splitting(by: ":", otherwise: "0", count: 3).parts
        let minute = graph.subtract(graph.add(minutes(west[0]), minutes(west[1])), minutes(east[1]))
        // A fraction's digits beyond microseconds are cut off; the sliver keeps the ones before from falling to the next.
        let seconds = graph.multiply(graph.cast(clock[2], to: .double), graph.number(1e6))
        let whole = graph.node("Floor", [graph.add(seconds, graph.number(1e-4))])
        return graph.add(graph.multiply(minute, graph.integer(60_000_000)), graph.cast(whole, to: .int64))
    }

    /// `days_from_civil` (Hinnant 2013) for years from 1 on.
    private static func days(
        year: ONNXGraph.Value, month: ONNXGraph.Value, day: ONNXGraph.Value, _ graph: ONNXGraph
    ) -> ONNXGraph.Value {
        func n(_ value: Int) -> ONNXGraph.Value { graph.integer(value) }
        let isEarly = graph.cast(graph.node("LessOrEqual", [month, n(2)]), to: .int64)
        let shifted = graph.subtract(year, isEarly)
        let era = graph.divide(shifted, n(400))
        let yearOfEra = graph.subtract(shifted, graph.multiply(era, n(400)))
        let shiftedMonth = graph.subtract(graph.add(month, graph.multiply(isEarly, n(12))), n(3))
        let beforeMonth = graph.divide(graph.add(graph.multiply(shiftedMonth, n(153)), n(2)), n(5))
        let dayOfYear = graph.subtract(graph.add(beforeMonth, day), n(1))
        let leaps = graph.subtract(graph.divide(yearOfEra, n(4)), graph.divide(yearOfEra, n(100)))
        let dayOfEra = graph.add(graph.add(graph.multiply(yearOfEra, n(365)), leaps), dayOfYear)
        return graph.subtract(graph.add(graph.multiply(era, n(146_097)), dayOfEra), n(719_468))
    }

    /// `civil_from_days` (Hinnant 2013) for days from the year 1 on.
    private static func civil(
        _ days: ONNXGraph.Value, _ graph: ONNXGraph
    ) -> (year: ONNXGraph.Value, month: ONNXGraph.Value, day: ONNXGraph.Value) {
        func n(_ value: Int) -> ONNXGraph.Value { graph.integer(value) }
        let shifted = graph.add(days, n(719_468))
        let era = graph.divide(shifted, n(146_097))
        let dayOfEra = graph.subtract(shifted, graph.multiply(era, n(146_097)))
        let fourYears = graph.subtract(dayOfEra, graph.divide(dayOfEra, n(1_460)))
        let centuries = graph.subtract(graph.divide(dayOfEra, n(36_524)), graph.divide(dayOfEra, n(146_096)))
        let yearOfEra = graph.divide(graph.add(fourYears, centuries), n(365))
        let leaps = graph.subtract(graph.divide(yearOfEra, n(4)), graph.divide(yearOfEra, n(100)))
        let dayOfYear = graph.subtract(dayOfEra, graph.add(graph.multiply(yearOfEra, n(365)), leaps))
        let shiftedMonth = graph.divide(graph.add(graph.multiply(dayOfYear, n(5)), n(2)), n(153))
        let beforeMonth = graph.divide(graph.add(graph.multiply(shiftedMonth, n(153)), n(2)), n(5))
        let day = graph.add(graph.subtract(dayOfYear, beforeMonth), n(1))
        let isLate = graph.cast(graph.node("GreaterOrEqual", [shiftedMonth, n(10)]), to: .int64)
        let month = graph.subtract(graph.add(shiftedMonth, n(3)), graph.multiply(isLate, n(12)))
        let year = graph.add(graph.add(yearOfEra, graph.multiply(era, n(400))), isLate)
        return (year, month, day)
    }
}

/// Strings that are taken apart.
private struct Text {
    let value: ONNXGraph.Value
    let graph: ONNXGraph

    init(_ value: ONNXGraph.Value, _ graph: ONNXGraph) {
        self.value = value
        self.graph = graph
    }

    static func constant(_ text: String, _ graph: ONNXGraph) -> ONNXGraph.Value {
        graph.constant(.strings([text], shape: [1, 1]))
    }

    /// The first `count` parts between `separator`s, spaces where nil; `otherwise` stands behind the text, so that a part
    /// that is not there has a value.
    func splitting(by separator: String?, otherwise: String = "", count: Int = 2) -> Parts {
        let suffix = Text.constant((separator ?? " ") + otherwise, graph)
        let extended = graph.node("StringConcat", [value, suffix])
        let attributes = separator.map { [("delimiter", ONNX.Attribute.string($0))] } ?? []
        let split = graph.nodes("StringSplit", [extended], outputs: 2, attributes)[0]
        let parts = (0..<count).map { place in
            let index = graph.constant(.integers([Int64(place)], shape: []))
            return graph.node("Gather", [split, index], [("axis", .integer(2))])
        }
        return Parts(parts: parts, graph: graph)
    }

    struct Parts {
        let parts: [ONNXGraph.Value]
        let graph: ONNXGraph

        /// The first two parts with a space between.
        var joined: Text {
            let start = graph.node("StringConcat", [parts[0], Text.constant(" ", graph)])
            return Text(graph.node("StringConcat", [start, parts[1]]), graph)
        }
    }
}
