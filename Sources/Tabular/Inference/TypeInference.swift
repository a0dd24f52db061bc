/// From what the cells of a column allow to its type.
enum TypeInference {
    /// How the cells of a column become values.
    enum Reading: Sendable, Hashable {
        case integer(NumberParser.Style)
        case float(NumberParser.Style)
        case boolean(BooleanLabels)
        case date(DateParser.Order)
        case datetime(DateParser.Order)
        case string
    }

    struct Decision: Sendable, Hashable {
        var type: ColumnType
        var reading: Reading
        var note: ReadNote.Code?
    }

    /// The type of a column called `name` all of whose cells `summary` describes.
    static func decide(_ name: String, _ summary: ColumnSummary, dateOrder: ReadOptions.DateOrder?) -> Decision {
        if summary.present == 0 { return Decision(type: .constant, reading: .string) }
        let evidence = summary.evidence
        let isWhole = summary.missing == 0
        if evidence.contains(.integer) {
            if isWhole, summary.low == summary.high, summary.present > 1 {
                return Decision(type: .constant, reading: .integer(.plain))
            }
            let isIdentifier = isWhole && summary.present >= 10 && namesIdentifier(name) && summary.distinct.allUnique
            return Decision(type: isIdentifier ? .idLike : .integer, reading: .integer(.plain))
        }
        for (bit, style) in [
            (CellEvidence.float, NumberParser.Style.plain), (.commaGroups, .commaGroups), (.dotGroups, .dotGroups),
        ] where evidence.contains(bit) {
            let isAmbiguous = style == .commaGroups && evidence.contains(.dotGroups)
            let isConstant = isWhole && summary.present > 1 && style == .plain && summary.low == summary.high
            return Decision(
                type: isConstant ? .constant : .float, reading: .float(style),
                note: isAmbiguous ? .ambiguousNumbers : nil)
        }
        let isSingle = summary.distinct.isExact && summary.distinct.estimate == 1
        if isSingle, isWhole, summary.present > 1 { return Decision(type: .constant, reading: .string) }
        if !evidence.isDisjoint(with: .booleans), let no = summary.no, let yes = summary.yes {
            return Decision(type: .boolean, reading: .boolean(BooleanLabels(no: no, yes: yes)))
        }
        if let (order, isAmbiguous) = order(evidence, dateOrder) {
            return Decision(
                type: summary.hasTime ? .datetime : .date, reading: summary.hasTime ? .datetime(order) : .date(order),
                note: isAmbiguous ? .ambiguousDates : nil)
        }
        return Decision(type: stringType(name, summary), reading: .string)
    }

    private static func order(
        _ evidence: CellEvidence, _ wanted: ReadOptions.DateOrder?
    ) -> (order: DateParser.Order, isAmbiguous: Bool)? {
        if evidence.contains(.yearFirst) { return (.yearFirst, false) }
        switch (evidence.contains(.dayFirst), evidence.contains(.monthFirst)) {
        case (true, true): return (wanted == .dayFirst ? .dayFirst : .monthFirst, wanted == nil)
        case (true, false): return (.dayFirst, false)
        case (false, true): return (.monthFirst, false)
        case (false, false): return nil
        }
    }

    private static func stringType(_ name: String, _ summary: ColumnSummary) -> ColumnType {
        let present = summary.present
        let distinct = summary.distinct.estimate
        if summary.missing == 0, present >= 10, summary.distinct.allUnique, summary.spaced == 0,
            summary.bytes <= present * 64, summary.digits * 10 >= present * 9 || namesIdentifier(name)
        {
            return .idLike
        }
        let isMostlyNew = distinct * 2 >= present
        if isMostlyNew, summary.words * 2 >= present * 5 { return .text }
        if distinct * 5 >= present, summary.bytes >= present * 100 { return .text }
        return .categorical
    }

    /// Whether a name says that its column names rows: `id`, `user_id`, `userId`, `PassengerId`, `uuid`, `index` …
    static func namesIdentifier(_ name: String) -> Bool {
        let lower = name.lowercased()
        if ["id", "uuid", "guid", "index", "key", "rowid", "row_id", "rownum", "row_number"].contains(lower) {
            return true
        }
        if lower.hasPrefix("unnamed: ") || lower.hasSuffix("uuid") { return true }
        return name.hasSuffix("Id") || name.hasSuffix("ID") || lower.hasSuffix("_id") || lower.hasSuffix(" id")
            || lower.hasSuffix("-id") || lower.hasSuffix(".id")
    }
}

extension TypeInference {
    /// How to read a column that must be of `type`, given what its cells allow.
    static func decide(_ name: String, _ summary: ColumnSummary, as type: ColumnType, _ options: ReadOptions)
        -> Decision
    {
        let evidence = summary.evidence
        let style: NumberParser.Style =
            evidence.contains(.float) || evidence.isDisjoint(with: [.commaGroups, .dotGroups])
            ? .plain : evidence.contains(.commaGroups) ? .commaGroups : .dotGroups
        let wanted: DateParser.Order = options.dateOrder == .dayFirst ? .dayFirst : .monthFirst
        let order =
            order(evidence, options.dateOrder)?.order ?? (options.dateOrder == nil ? .yearFirst : wanted)
        switch type {
        case .integer:
            if options.widensIntegers, !evidence.contains(.integer), !evidence.isDisjoint(with: .numbers) {
                return Decision(type: .float, reading: .float(style))
            }
            return Decision(type: type, reading: .integer(style))
        case .float: return Decision(type: type, reading: .float(style))
        case .boolean:
            return Decision(
                type: type,
                reading: .boolean(
                    BooleanLabels(
                        no: summary.no ?? BooleanLabels.standard.no, yes: summary.yes ?? BooleanLabels.standard.yes)
                ))
        case .date: return Decision(type: type, reading: .date(order))
        case .datetime: return Decision(type: type, reading: .datetime(order))
        case .categorical, .text: return Decision(type: type, reading: .string)
        case .constant, .idLike:
            var decision = decide(name, summary, dateOrder: options.dateOrder)
            decision.type = type
            return decision
        }
    }
}
