/// What a cell, or every cell of a column, can be read as; a column's is the intersection of its cells'.
struct CellEvidence: OptionSet, Sendable, Hashable {
    let rawValue: UInt16

    static let integer = CellEvidence(rawValue: 1 << 0)
    static let float = CellEvidence(rawValue: 1 << 1)
    static let commaGroups = CellEvidence(rawValue: 1 << 2)
    static let dotGroups = CellEvidence(rawValue: 1 << 3)
    static let trueFalse = CellEvidence(rawValue: 1 << 4)
    static let tf = CellEvidence(rawValue: 1 << 5)
    static let yesNo = CellEvidence(rawValue: 1 << 6)
    static let yn = CellEvidence(rawValue: 1 << 7)
    static let yearFirst = CellEvidence(rawValue: 1 << 8)
    static let dayFirst = CellEvidence(rawValue: 1 << 9)
    static let monthFirst = CellEvidence(rawValue: 1 << 10)

    static let all = CellEvidence(rawValue: (1 << 11) - 1)
    static let booleans: CellEvidence = [.trueFalse, .tf, .yesNo, .yn]
    static let dates: CellEvidence = [.yearFirst, .dayFirst, .monthFirst]
    static let numbers: CellEvidence = [.integer, .float, .commaGroups, .dotGroups]

    /// What whole numbers without grouping allow.
    static let ofIntegers = numbers
    /// What plain decimal numbers allow, when they could have dots between thousands.
    static let ofFloats: CellEvidence = [.float, .commaGroups, .dotGroups]

    /// What the trimmed, present cell `bytes` can be read as, and whether it names a time of day.
    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> (evidence: CellEvidence, hasTime: Bool) {
        guard let first = bytes.first else { return ([], false) }
        var evidence: CellEvidence = []
        let isDigit = first &- 48 < 10
        if isDigit || first == 0x2B || first == 0x2D || first == 0x2E || first | 0x20 == 0x69 {
            if NumberParser.integer(bytes) != nil { evidence.insert(.integer) }
            if NumberParser.double(bytes) != nil { evidence.insert(.float) }
            if evidence.contains(.float) || NumberParser.grouped(bytes, .commaGroups) != nil {
                evidence.insert(.commaGroups)
            }
            if NumberParser.grouped(bytes, .dotGroups) != nil { evidence.insert(.dotGroups) }
        }
        var hasTime = false
        if bytes.count >= 6, bytes.count <= 40, !evidence.contains(.integer) {
            for (order, bit) in [
                (DateParser.Order.yearFirst, CellEvidence.yearFirst), (.dayFirst, .dayFirst),
                (.monthFirst, .monthFirst),
            ] {
                guard let moment = DateParser.parse(bytes, order) else { continue }
                evidence.insert(bit)
                hasTime = moment.hasTime
            }
        }
        if bytes.count <= 5 { evidence.formUnion(boolean(bytes).evidence) }
        return (evidence, hasTime)
    }

    /// The pairs of truth words `bytes` belongs to, and its value.
    static func boolean(_ bytes: UnsafeBufferPointer<UInt8>) -> (evidence: CellEvidence, value: Bool) {
        let word = bytes.map { $0 | 0x20 }
        return switch String(decoding: word, as: UTF8.self) {
        case "true": (.trueFalse, true)
        case "false": (.trueFalse, false)
        case "t": (.tf, true)
        case "f": (.tf, false)
        case "yes": (.yesNo, true)
        case "no": (.yesNo, false)
        case "y": (.yn, true)
        case "n": (.yn, false)
        default: ([], false)
        }
    }
}
