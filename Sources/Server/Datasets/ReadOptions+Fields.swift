internal import Tabular

extension ReadOptions {
    /// The fields that say how to read a table, as they stand in a query or a form.
    static let parameters: [Endpoint.Parameter] = [
        .query(
            "delimiter", "The character between cells, or `tab`; found by content when left out.",
            ["type": "string", "minLength": 1]),
        .query(
            "header", "Whether the first row holds names; found by content when left out.",
            ["type": "string", "enum": ["auto", "true", "false"], "default": "auto"]),
        .query(
            "encoding", "How bytes stand for characters; found by content when left out.",
            [
                "type": "string", "default": "auto",
                "enum": .array(["auto"] + Encoding.allCases.map { .string($0.rawValue) }),
            ]),
        .query("sheet", "The sheet of a workbook; the first when left out.", ["type": "string"]),
        .query(
            "missing_markers",
            "Cells that mean \"no value\" besides the empty cell, with commas between them; "
                + "`\(ReadOptions.defaultMissingMarkers.joined(separator: ","))` when left out.", ["type": "string"]),
        .query(
            "date_order", "Which comes first in dates like 3/4/2024; decided by the whole column when left out.",
            [
                "type": "string", "default": "auto",
                "enum": .array(["auto"] + DateOrder.allCases.map { .string($0.rawValue) }),
            ]),
    ]

    /// Reads those of `fields` that it knows and leaves the others; throws `Problem` for a value that cannot be.
    init(takingFrom fields: inout [String: String]) throws {
        self.init()
        if let text = fields.removeValue(forKey: "delimiter") {
            let named = text == "tab" || text == "\\t" ? "\t" : text
            guard named.count == 1, let character = named.first, character.isASCII, character != "\"",
                !character.isNewline
            else { throw Problem.field("delimiter", "must be one ASCII character or tab, not \"\(text)\"") }
            delimiter = character
        }
        header = try ReadOptions.choice(&fields, "header", ["true": true, "false": false])
        encoding = try ReadOptions.choice(
            &fields, "encoding", Dictionary(uniqueKeysWithValues: Encoding.allCases.map { ($0.rawValue, $0) }))
        dateOrder = try ReadOptions.choice(
            &fields, "date_order", Dictionary(uniqueKeysWithValues: DateOrder.allCases.map { ($0.rawValue, $0) }))
        sheet = fields.removeValue(forKey: "sheet")
        if let text = fields.removeValue(forKey: "missing_markers") {
            missingMarkers = text.split(separator: ",").map(String.init)
        }
    }

    private static func choice<Value>(
        _ fields: inout [String: String], _ name: String, _ choices: [String: Value]
    ) throws -> Value? {
        guard let text = fields.removeValue(forKey: name), text != "auto" else { return nil }
        guard let value = choices[text] else {
            let all = (["auto"] + choices.keys.sorted()).joined(separator: ", ")
            throw Problem.field(name, "must be one of \(all), not \"\(text)\"")
        }
        return value
    }
}
