/// What a workbook says of all its sheets: where they are, shared strings, and which styles are dates.
struct Workbook {
    /// The most bytes of text shared strings may hold together.
    static let maximumSharedBytes = 256 << 20

    /// A kind of date a number format shows.
    enum DateKind: Sendable {
        case date
        case datetime
    }

    let archive: ZipArchive
    /// Part of the chosen sheet.
    let sheetPart: String
    let sharedStrings: SharedStrings
    /// For each cell style what kind of date it shows, if any.
    let styles: [DateKind?]
    /// Whether days count from 1904.
    let is1904: Bool

    init(_ source: TableSource, sheet wanted: String?) throws {
        archive = try ZipArchive(source)
        let book = BookHandler()
        guard let part = try archive.open("xl/workbook.xml") else {
            throw TableError(.unsupportedFormat, "this is a zip archive, but not an Excel workbook (.xlsx)")
        }
        try XMLScanner.scan(part, book)
        is1904 = book.is1904
        let relations = RelationHandler()
        if let part = try archive.open("xl/_rels/workbook.xml.rels") { try XMLScanner.scan(part, relations) }
        let chosen: (name: String, relation: String)
        if let wanted {
            guard let found = book.sheets.first(where: { $0.name == wanted }) else {
                let names = book.sheets.map { "\"\($0.name)\"" }.joined(separator: ", ")
                throw TableError(.sheetNotFound, "there is no sheet \"\(wanted)\"; there are \(names)")
            }
            chosen = found
        } else {
            guard let first = book.sheets.first else {
                throw TableError(.corruptWorkbook, "the workbook has no sheets")
            }
            chosen = first
        }
        let target = relations.targets[chosen.relation] ?? "worksheets/sheet1.xml"
        sheetPart = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)"
        sharedStrings = SharedStrings()
        if let part = try archive.open("xl/sharedStrings.xml") {
            try XMLScanner.scan(part, sharedStrings)
            if sharedStrings.isTooLarge {
                throw TableError(.tooLarge, "the workbook's strings are larger than 256 MiB")
            }
        }
        let styleHandler = StyleHandler()
        if let part = try archive.open("xl/styles.xml") { try XMLScanner.scan(part, styleHandler) }
        styles = styleHandler.cellFormats.map { Self.dateKind($0, styleHandler.codes[$0]) }
    }

    /// What a number format shows: built-in ones by number (ECMA-376 part 1, 18.8.30), others by the letters of their code.
    static func dateKind(_ format: Int, _ code: String?) -> DateKind? {
        if let code { return dateKind(code) }
        switch format {
        case 14...17, 27...31, 36, 50...54, 57, 58: return .date
        case 22: return .datetime
        default: return nil
        }
    }

    /// What a format code shows. Text in quotes, escaped characters, colours and conditions do not count; a code with hours
    /// or seconds but without days or years shows a length of time, which stays a number.
    static func dateKind(_ code: String) -> DateKind? {
        var letters = Set<Character>()
        var characters = code.lowercased().makeIterator()
        scan: while let character = characters.next() {
            switch character {
            case ";": break scan
            case "\"": while let next = characters.next(), next != "\"" {}
            case "\\", "_", "*": _ = characters.next()
            case "[": while let next = characters.next(), next != "]" {}
            case "a"..."z": letters.insert(character)
            default: break
            }
        }
        // "General" holds letters that are also those of dates.
        if code.lowercased().hasPrefix("general") { return nil }
        guard letters.contains("y") || letters.contains("d") else { return nil }
        return letters.contains("h") || letters.contains("s") ? .datetime : .date
    }
}

private final class BookHandler: XMLHandler {
    var sheets: [(name: String, relation: String)] = []
    var is1904 = false

    func start(_ element: String, _ attributes: [String: String]) {
        if element == "sheet", let name = attributes["name"] { sheets.append((name, attributes["id"] ?? "")) }
        if element == "workbookPr" { is1904 = ["1", "true"].contains(attributes["date1904"] ?? "0") }
    }

    func end(_ element: String) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

private final class RelationHandler: XMLHandler {
    var targets: [String: String] = [:]

    func start(_ element: String, _ attributes: [String: String]) {
        if element == "Relationship", let id = attributes["Id"] { targets[id] = attributes["Target"] }
    }

    func end(_ element: String) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

private final class StyleHandler: XMLHandler {
    /// Number format of each cell style.
    var cellFormats: [Int] = []
    var codes: [Int: String] = [:]
    private var isInCellFormats = false

    func start(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap({ Int($0) }) { codes[id] = attributes["formatCode"] }
        case "cellXfs": isInCellFormats = true
        case "xf":
            if isInCellFormats { cellFormats.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0) }
        default: break
        }
    }

    func end(_ element: String) { if element == "cellXfs" { isInCellFormats = false } }
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The strings that cells refer to by number; of rich text the letters alone, without readings (`rPh`).
final class SharedStrings: XMLHandler {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isInText = false
    private var isInReading = false
    private(set) var isTooLarge = false

    var count: Int { ends.count }

    /// The string with that number; empty if there is none.
    subscript(index: Int) -> ArraySlice<UInt8> {
        guard ends.indices.contains(index) else { return [] }
        return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    func start(_ element: String, _ attributes: [String: String]) {
        if element == "t" { isInText = true }
        if element == "rPh" { isInReading = true }
    }

    func end(_ element: String) {
        if element == "t" { isInText = false }
        if element == "rPh" { isInReading = false }
        if element == "si" { ends.append(bytes.count) }
    }

    func text(_ characters: UnsafeBufferPointer<UInt8>) {
        guard isInText, !isInReading, !isTooLarge else { return }
        bytes.append(contentsOf: characters)
        isTooLarge = bytes.count > Workbook.maximumSharedBytes
    }
}
