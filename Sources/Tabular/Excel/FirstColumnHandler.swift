/// Finds the first column of a sheet that holds a value. What sheets say of their own extent cannot be relied on.
final class FirstColumnHandler: XMLHandler {
    private var first: Int?
    private var cellColumn = 0
    private var nextColumn = 0
    private var isInValue = false
    private var isInReading = false

    /// The column, counted from 0; 0 too if no column holds a value. Reads no further than the first value in column A.
    static func firstColumn(of sheet: any ByteStream) throws -> Int {
        let handler = FirstColumnHandler()
        let scanner = try XMLScanner(sheet, handler)
        while handler.first != 0, try scanner.step() {}
        return handler.first ?? 0
    }

    func start(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "row": nextColumn = 0
        case "c":
            cellColumn = attributes["r"].flatMap(SheetStream.column) ?? nextColumn
            nextColumn = cellColumn + 1
        case "v", "t": isInValue = true
        case "rPh": isInReading = true
        default: break
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if isInValue, !isInReading { first = min(first ?? cellColumn, cellColumn) }
    }

    func end(_ element: String) {
        switch element {
        case "v", "t": isInValue = false
        case "rPh": isInReading = false
        default: break
        }
    }
}
