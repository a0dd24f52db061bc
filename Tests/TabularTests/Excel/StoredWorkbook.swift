/// A workbook made of the rows of its sheets, in a zip archive without compression.
struct StoredWorkbook {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var partCount = 0

    /// Sheets with a name, a state and the XML of their rows; the XML of shared strings.
    init(sheets: [(name: String, state: String?, rows: String)], strings: String?) {
        var list = ""
        var relations = ""
        for (index, sheet) in sheets.enumerated() {
            let state = sheet.state.map { " state=\"\($0)\"" } ?? ""
            list += "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\"\(state) r:id=\"r\(index)\"/>"
            relations += "<Relationship Id=\"r\(index)\" Target=\"worksheets/\(index).xml\"/>"
            add(
                "xl/worksheets/\(index).xml",
                "<worksheet><sheetData>\(sheet.rows)</sheetData></worksheet>")
        }
        add("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets>\(list)</sheets></workbook>")
        add("xl/_rels/workbook.xml.rels", "<Relationships>\(relations)</Relationships>")
        if let strings { add("xl/sharedStrings.xml", "<sst>\(strings)</sst>") }
        let start = bytes.count
        bytes += directory
        bytes += Self.little(0x0605_4B50, 4) + Self.little(0, 4) + Self.little(partCount, 2)
        bytes += Self.little(partCount, 2) + Self.little(directory.count, 4) + Self.little(start, 4) + [0, 0]
    }

    private mutating func add(_ name: String, _ text: String) {
        let content = Array(text.utf8)
        // Version 2.0, no flags, no compression, the first day of zip's calendar.
        var fields = Self.little(20, 2) + Self.little(0, 4) + Self.little(0, 2) + Self.little(0x21, 2)
        fields += Self.little(Int(Self.checksum(content)), 4) + Self.little(content.count, 4)
        fields += Self.little(content.count, 4) + Self.little(name.utf8.count, 2) + Self.little(0, 2)
        directory += Self.little(0x0201_4B50, 4) + Self.little(20, 2) + fields
        directory += [UInt8](repeating: 0, count: 10) + Self.little(bytes.count, 4) + Array(name.utf8)
        bytes += Self.little(0x0403_4B50, 4) + fields + Array(name.utf8) + content
        partCount += 1
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32 as zip has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
