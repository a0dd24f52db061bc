/// Puts the pieces of a column together under the type decided for it.
struct ColumnAssembler {
    private let name: String
    private let type: ColumnType
    private let reading: TypeInference.Reading
    private let options: ReadOptions
    private let rowsBefore: Int
    private var rows = 0
    private var integers: [Int64] = []
    private var packed: [PackedIntegers] = []
    private var doubles: [Double] = []
    private var booleans: [Bool] = []
    private var codes: [Int32] = []
    private var levels = StringDictionary()
    private var missing: [Int] = []
    private var mismatches = 0
    private var firstMismatch: Int?

    /// An assembler of the rows that come after `rowsBefore` others, which count in the places of errors.
    init(name: String, decision: TypeInference.Decision, options: ReadOptions, rowsBefore: Int = 0) {
        self.rowsBefore = rowsBefore
        self.name = name
        type = decision.type
        reading = decision.reading
        self.options = options
    }

    /// Appends a piece of `count` rows.
    /// - Throws: `TableError` with the row of the first cell that is not of the type.
    mutating func add(_ piece: ParsedColumn, _ count: Int) throws {
        defer { rows += count }
        for row in piece.missing { missing.append(rows + Int(row)) }
        if case .none = piece.values { return }
        if piece.missing.count == count { return addMissing(count) }
        switch (reading, piece.values) {
        case (.integer, .integers(let part)): packed.append(part)
        case (.float, .integers(let packed)):
            var values = packed.doubles()
            for row in piece.missing { values[Int(row)] = .nan }
            doubles += values
        case (.float, .doubles(let values)): doubles += values
        case (.integer(let style), .strings(let pieceCodes, let words)):
            try convert(pieceCodes, words, into: \.integers, 0) { bytes in
                if let value = NumberParser.integer(bytes) { return value }
                return NumberParser.grouped(bytes, style).flatMap { Int64(exactly: $0) }
            }
            packed.append(PackedIntegers(integers))
            integers = []
        case (.float(let style), .strings(let pieceCodes, let words)):
            try convert(pieceCodes, words, into: \.doubles, .nan) { NumberParser.grouped($0, style) }
        case (.boolean, .strings(let pieceCodes, let words)):
            try convert(pieceCodes, words, into: \.booleans, false) { bytes in
                if bytes.count == 1, bytes[0] == 48 || bytes[0] == 49 { return bytes[0] == 49 }
                let found = CellEvidence.boolean(bytes)
                return found.evidence.isEmpty ? nil : found.value
            }
        case (.date(let order), .strings(let pieceCodes, let words)):
            try convert(pieceCodes, words, into: \.integers, 0) { bytes in
                guard let moment = DateParser.parse(bytes, order) else { return nil }
                let day = DateParser.Moment.microsecondsPerDay
                return moment.microseconds % day == 0 ? moment.microseconds / day : nil
            }
        case (.datetime(let order), .strings(let pieceCodes, let words)):
            try convert(pieceCodes, words, into: \.integers, 0) { DateParser.parse($0, order)?.microseconds }
        case (.string, .strings(let pieceCodes, let words)):
            var translated = [Int32](repeating: -1, count: words.count)
            for code in 0..<words.count where words.counts[code] > 0 {
                translated[code] = words.withBytes(code) { levels.code($0) }
            }
            codes.reserveCapacity(codes.count + pieceCodes.count)
            for code in pieceCodes { codes.append(code < 0 ? -1 : translated[Int(code)]) }
        default:
            throw TableError(.typeMismatch, "the cells are not of type \(type.rawValue)", column: name)
        }
    }

    private mutating func addMissing(_ count: Int) {
        switch reading {
        case .integer: packed.append(.int8(Array(repeating: 0, count: count)))
        case .date, .datetime: integers += Array(repeating: 0, count: count)
        case .float: doubles += Array(repeating: .nan, count: count)
        case .boolean: booleans += Array(repeating: false, count: count)
        case .string: codes += Array(repeating: -1, count: count)
        }
    }

    private mutating func convert<Value>(
        _ pieceCodes: [Int32], _ words: StringDictionary, into path: WritableKeyPath<ColumnAssembler, [Value]>,
        _ nothing: Value, _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
    ) throws {
        let values: [Value?] = (0..<words.count).map { code in
            words.counts[code] > 0 ? words.withBytes(code, parse) : nil
        }
        // Infinite numbers count as missing.
        let infinite = Value.self == Double.self ? values.map { ($0 as? Double)?.isInfinite ?? false } : []
        var converted: [Value] = []
        converted.reserveCapacity(pieceCodes.count)
        var gaps: [Int] = []
        for (row, code) in pieceCodes.enumerated() {
            if code < 0 {
                converted.append(nothing)
            } else if let value = values[Int(code)] {
                if !infinite.isEmpty, infinite[Int(code)] {
                    gaps.append(rows + row)
                    converted.append(nothing)
                } else {
                    converted.append(value)
                }
            } else {
                if options.mismatch == .error {
                    let text = words.string(Int(code)).prefix(40)
                    throw TableError(
                        .typeMismatch, "\"\(text)\" is not of type \(type.rawValue)", column: name,
                        row: rowsBefore + rows + row + 1)
                }
                firstMismatch = firstMismatch ?? rowsBefore + rows + row + 1
                mismatches += 1
                gaps.append(rows + row)
                converted.append(nothing)
            }
        }
        if !gaps.isEmpty {
            missing += gaps
            missing.sort()
        }
        self[keyPath: path] += converted
    }

    /// Notes on cells taken as missing.
    var notes: [ReadNote] {
        guard let firstMismatch else { return [] }
        let cells = mismatches == 1 ? "1 cell that is" : "\(mismatches) cells that are"
        return [
            ReadNote(
                .mismatchedCells, "\(cells) not of type \(type.rawValue) became missing", column: name,
                row: firstMismatch)
        ]
    }

    /// The column, its storage as narrow as it can be.
    func finish() -> Column {
        let validity = missing.isEmpty ? nil : present
        var labels = BooleanLabels.standard
        let storage: Column.Storage
        switch reading {
        case .integer: storage = .integers(PackedIntegers(joining: packed))
        case .date: storage = .dates(PackedIntegers(integers))
        case .datetime: storage = .datetimes(integers)
        case .float: storage = .doubles(doubles)
        case .boolean(let found):
            labels = found
            var bits = Bitmap(repeating: false, count: booleans.count)
            for (row, value) in booleans.enumerated() where value { bits[row] = true }
            storage = .booleans(bits)
        case .string:
            storage = .strings(
                codes: PackedIntegers(codes.map(Int64.init)), levels: (0..<levels.count).map(levels.string))
        }
        return Column(name: name, type: type, storage: storage, validity: validity, booleanLabels: labels)
    }

    private var present: Bitmap {
        var bits = Bitmap(repeating: true, count: rows)
        for row in missing { bits[row] = false }
        return bits
    }
}
