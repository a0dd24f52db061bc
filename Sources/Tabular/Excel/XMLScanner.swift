import CExpat

/// Receives the parts of an XML document in order. Names come without their namespace prefix.
protocol XMLHandler: AnyObject {
    func start(_ element: String, _ attributes: [String: String])
    func end(_ element: String)
    func text(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// Feeds an XML document to a handler, which must live as long, piece by piece.
final class XMLScanner {
    /// The most bytes a tag may have; the parser keeps an unfinished one in memory.
    private static let maximumTagBytes = 16 << 20

    private let parser: XML_Parser
    private let source: any ByteStream
    private var isDone = false
    private let box: Box

    private final class Box {
        unowned let handler: any XMLHandler
        var hasDocumentType = false
        /// Bytes taken since the handler was last told of something.
        var silentBytes = 0
        init(_ handler: any XMLHandler) { self.handler = handler }
    }

    init(_ source: any ByteStream, _ handler: any XMLHandler) throws {
        guard let parser = XML_ParserCreate(nil) else { throw Self.broken }
        self.parser = parser
        self.source = source
        box = Box(handler)
        XML_SetUserData(parser, Unmanaged.passUnretained(box).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, attributes in
                guard let context, let name else { return }
                var found: [String: String] = [:]
                var index = 0
                while let attributes, let key = attributes[index], let value = attributes[index + 1] {
                    found[XMLScanner.local(key)] = String(cString: value)
                    index += 2
                }
                let box = Unmanaged<Box>.fromOpaque(context).takeUnretainedValue()
                box.silentBytes = 0
                box.handler.start(XMLScanner.local(name), found)
            },
            { context, name in
                guard let context, let name else { return }
                Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.end(XMLScanner.local(name))
            })
        XML_SetCharacterDataHandler(parser) { context, characters, length in
            guard let context, let characters, length > 0 else { return }
            characters.withMemoryRebound(to: UInt8.self, capacity: Int(length)) {
                let box = Unmanaged<Box>.fromOpaque(context).takeUnretainedValue()
                box.silentBytes = 0
                box.handler.text(UnsafeBufferPointer(start: $0, count: Int(length)))
            }
        }
        // Workbooks have no document type; one that has could declare entities that grow without end.
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            guard let context else { return }
            Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().hasDocumentType = true
        }
    }

    deinit { XML_ParserFree(parser) }

    private static let broken = TableError(.corruptWorkbook, "a part of the workbook is not well-formed XML")

    private static func local(_ name: UnsafePointer<CChar>) -> String {
        let whole = String(cString: name)
        guard let colon = whole.utf8.lastIndex(of: UInt8(ascii: ":")) else { return whole }
        return String(whole[whole.index(after: colon)...])
    }

    /// Takes the next 64 KiB; false when the document has ended.
    func step() throws -> Bool {
        if isDone { return false }
        let size: Int32 = 1 << 16
        guard let buffer = XML_GetBuffer(parser, size) else { throw Self.broken }
        let got = try source.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)))
        isDone = got == 0
        box.silentBytes += got
        guard box.silentBytes <= Self.maximumTagBytes else {
            throw TableError(.tooLarge, "a part of the workbook holds a tag longer than 16 MiB")
        }
        guard XML_ParseBuffer(parser, Int32(got), isDone ? 1 : 0) == XML_STATUS_OK, !box.hasDocumentType else {
            throw Self.broken
        }
        return true
    }

    /// Takes the whole document.
    static func scan(_ source: any ByteStream, _ handler: any XMLHandler) throws {
        let scanner = try XMLScanner(source, handler)
        while try scanner.step() {}
    }
}
