/// What a workbook says of all its sheets: where they are, shared strings, and which styles are dates.
struct Workbook {
    /// The most bytes shared strings may take together, each with `SharedStrings.overhead` bytes more than its text.
    static let maximumSharedBytes = 128 << 20
    /// The most bytes of a part that is neither a sheet nor the shared strings.
    private static let maximumIndexBytes = 64 << 20

    /// A kind of date a number format shows.
    enum DateKind: Sendable {
        case date
        case datetime
    }

    /// An entry in the list of sheets.
    fileprivate struct Sheet {
        var name: String
        var relation: String
        var isVisible: Bool
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
        guard let part = try archive.open("xl/workbook.xml", limit: Self.maximumIndexBytes) else {
            throw TableError(.unsupportedFormat, "this is a zip archive, but not an Excel workbook (.xlsx)")
        }
        try XMLScanner.scan(part, book)
        is1904 = book.is1904
        let relations = RelationHandler()
        if let part = try archive.open("xl/_rels/workbook.xml.rels", limit: Self.maximumIndexBytes) {
            try XMLScanner.scan(part, relations)
        }
        let sheets = book.sheets.filter { !relations.others.contains($0.relation) }
        let chosen = try Self.choose(wanted, from: sheets)
        guard let target = relations.targets[chosen.relation] else {
            throw TableError(.corruptWorkbook, "the workbook does not say where its sheet \"\(chosen.name)\" is")
        }
        sheetPart = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)"
        sharedStrings = SharedStrings()
        if let part = try archive.open("xl/sharedStrings.xml") {
            let scanner = try XMLScanner(part, sharedStrings)
            while try scanner.step() {
                if sharedStrings.isTooLarge {
                    throw TableError(
                        .tooLarge, "the workbook's strings take more than \(Self.maximumSharedBytes >> 20) MiB")
                }
            }
        }
        let styleHandler = StyleHandler()
        if let part = try archive.open("xl/styles.xml", limit: Self.maximumIndexBytes) {
            try XMLScanner.scan(part, styleHandler)
        }
        styles = styleHandler.cellFormats.map { Self.dateKind($0, styleHandler.codes[$0]) }
    }

    /// The sheet of that name, or else of that name in other case; the first visible one if no name is given.
    private static func choose(_ wanted: String?, from sheets: [Sheet]) throws -> Sheet {
        guard !sheets.isEmpty else { throw TableError(.corruptWorkbook, "the workbook has no sheets") }
        let names = sheets.map { "\"\($0.name)\"" }.joined(separator: ", ")
        guard let wanted else {
            if let first = sheets.first(where: \.isVisible) { return first }
            throw TableError(.sheetNotFound, "all sheets are hidden; name one of \(names)")
        }
        if let found = sheets.first(where: { $0.name == wanted }) { return found }
        let folded = wanted.lowercased()
        if let found = sheets.first(where: { $0.name.lowercased() == folded }) { return found }
        throw TableError(.sheetNotFound, "there is no sheet \"\(wanted)\"; there are \(names)")
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
    var sheets: [Workbook.Sheet] = []
    var is1904 = false

    func start(_ element: String, _ attributes: [String: String]) {
        if element == "sheet", let name = attributes["name"] {
            let isVisible = (attributes["state"] ?? "visible") == "visible"
            sheets.append(Workbook.Sheet(name: name, relation: attributes["id"] ?? "", isVisible: isVisible))
        }
        if element == "workbookPr" { is1904 = ["1", "true"].contains(attributes["date1904"] ?? "0") }
    }

    func end(_ element: String) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

private final class RelationHandler: XMLHandler {
    var targets: [String: String] = [:]
    /// What is known to be something else than a sheet of cells, such as a sheet that is one chart.
    var others: Set<String> = []

    func start(_ element: String, _ attributes: [String: String]) {
        guard element == "Relationship", let id = attributes["Id"] else { return }
        targets[id] = attributes["Target"]
        if let type = attributes["Type"], !type.hasSuffix("/worksheet") { others.insert(id) }
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
    /// Bytes a string takes beside its text.
    static let overhead = MemoryLayout<Int>.size

    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isInText = false
    private var isInReading = false

    var isTooLarge: Bool { bytes.count + ends.count * Self.overhead > Workbook.maximumSharedBytes }

    /// The string with that number; nil if there is none.
    subscript(index: Int) -> ArraySlice<UInt8>? {
        guard ends.indices.contains(index) else { return nil }
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
        if isInText, !isInReading { bytes.append(contentsOf: characters) }
    }
}
