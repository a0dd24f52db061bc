/// How metrics are written for those who scrape them.
public enum Exposition: Sendable, Hashable, CaseIterable {
    /// The text format of Prometheus, version 0.0.4.
    case prometheus
    /// OpenMetrics, version 1.0.0.
    case openMetrics

    /// What the `Content-Type` says.
    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that an `Accept` field asks for: OpenMetrics where it is liked at least as much as plain text.
    public static func negotiated(accept: String?) -> Exposition {
        var qualities: [String: Double] = [:]
        for entry in (accept ?? "").split(separator: ",") {
            let parts = entry.split(separator: ";").map { part in
                String(part.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            }
            guard let type = parts.first?.lowercased() else { continue }
            var quality = 1.0
            var isKnown = true
            for parameter in parts.dropFirst() {
                let pair = parameter.split(separator: "=", maxSplits: 1).map(String.init)
                guard pair.count == 2 else { continue }
                switch pair[0].lowercased() {
                case "q": quality = Double(pair[1]) ?? 0
                case "version": isKnown = type.hasSuffix("openmetrics-text") ? pair[1] == "1.0.0" : pair[1] == "0.0.4"
                default: break
                }
            }
            if isKnown { qualities[type] = max(qualities[type] ?? 0, quality) }
        }
        let open = qualities["application/openmetrics-text"] ?? 0
        let plain = qualities["text/plain"] ?? qualities["text/*"] ?? qualities["*/*"] ?? 0
        return open > 0 && open >= plain ? .openMetrics : .prometheus
    }

    /// The metrics as text in UTF-8.
    public func write(_ metrics: [CollectedMetric]) -> [UInt8] {
        var text = ""
        for collected in metrics { write(collected, to: &text) }
        if self == .openMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }

    private func write(_ collected: CollectedMetric, to text: inout String) {
        let measure = collected.measure
        let family = self == .openMetrics ? String(measure.baseName) : measure.name
        let help = Exposition.escaped(measure.help, quotes: self == .openMetrics)
        switch self {
        case .prometheus: text += "# HELP \(family) \(help)\n# TYPE \(family) \(measure.kind.rawValue)\n"
        case .openMetrics:
            text += "# TYPE \(family) \(measure.kind.rawValue)\n"
            if let unit = measure.unit { text += "# UNIT \(family) \(unit)\n" }
            text += "# HELP \(family) \(help)\n"
        }
        for sample in collected.samples {
            let labels = zip(measure.labels, sample.labels).map {
                "\($0)=\"\(Exposition.escaped($1, quotes: true))\""
            }.joined(separator: ",")
            switch sample.value {
            case .number(let number):
                text += "\(measure.name)\(labels.isEmpty ? "" : "{\(labels)}") \(Exposition.text(number))\n"
            case .histogram(let counts, let sum): write(measure, labels, counts, sum, to: &text)
            }
        }
    }

    private func write(_ measure: Measure, _ labels: String, _ counts: [UInt64], _ sum: Double, to text: inout String) {
        var total: UInt64 = 0
        let lead = labels.isEmpty ? "" : labels + ","
        for (bound, count) in zip(measure.bounds + [.infinity], counts) {
            total += count
            text += "\(measure.name)_bucket{\(lead)le=\"\(Exposition.bound(bound))\"} \(total)\n"
        }
        let braced = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(measure.name)_sum\(braced) \(Exposition.text(sum))\n\(measure.name)_count\(braced) \(total)\n"
    }

    /// A number as both formats read it; whole ones without a fraction.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number == number.rounded(), abs(number) < 0x1p53 { return "\(Int64(number))" }
        return "\(number)"
    }

    /// A bucket's bound, always as a fraction, so that both formats name a bucket alike.
    private static func bound(_ number: Double) -> String { number.isInfinite ? "+Inf" : "\(number)" }

    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5c || $0 == 0x0a || $0 == 0x22 }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
