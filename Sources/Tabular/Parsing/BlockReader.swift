import Foundation

/// Bytes of whole rows, ended by a line end and padded so that reading a few bytes on does no harm.
final class Block: @unchecked Sendable {
    static let padding = 32
    let storage: UnsafeMutableRawBufferPointer
    /// Bytes in use.
    private(set) var count: Int

    init(storage: UnsafeMutableRawBufferPointer, count: Int) {
        self.storage = storage
        self.count = count
    }

    deinit { storage.deallocate() }

    /// Drops the rows from `count` on, which must be the end of a row.
    func shorten(to count: Int) { self.count = count }

    var bytes: UnsafePointer<UInt8> { UnsafePointer(storage.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
}

/// Cuts a text into blocks at row ends.
final class BlockReader {
    /// The longest row.
    static let maximumRecordBytes = 16 << 20

    private let stream: any ByteStream
    private let dialect: Dialect
    private let blockBytes: Int
    private var carry: [UInt8] = []
    private var ended = false
    /// Rows still wanted; nil for all.
    private var rowsLeft: Int?

    init(_ stream: any ByteStream, _ dialect: Dialect, blockBytes: Int, maximumRows: Int? = nil) {
        rowsLeft = maximumRows
        self.stream = stream
        self.dialect = dialect
        self.blockBytes = max(blockBytes, 16)
    }

    /// The next rows; nil at the end.
    /// - Throws: what the stream throws, or `TextReader.InBlock` with a line counted from 0 at the block's start.
    func next() throws -> Block? {
        guard let left = rowsLeft else { return try nextWhole() }
        guard left > 0, let block = try nextWhole() else { return nil }
        let bytes = UnsafeBufferPointer(start: block.bytes, count: block.count)
        var scanner = RecordScanner(Array(bytes)[...], dialect)
        var rows = 0
        while rows < left, let row = scanner.next() {
            if row.count > 1 || !row[0].isEmpty { rows += 1 }
        }
        rowsLeft = left - rows
        block.shorten(to: scanner.position)
        return block
    }

    private func nextWhole() throws -> Block? {
        var capacity = max(blockBytes, carry.count + blockBytes / 2)
        var storage = Self.allocate(capacity)
        var isOwned = true
        defer { if isOwned { storage.deallocate() } }
        carry.withUnsafeBytes { storage.copyMemory(from: $0) }
        var filled = carry.count
        carry = []
        while true {
            while filled < capacity, !ended {
                let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[filled..<capacity]))
                if got == 0 { ended = true }
                filled += got
            }
            let bytes = UnsafeBufferPointer(
                start: storage.baseAddress!.assumingMemoryBound(to: UInt8.self), count: filled)
            let (cut, openQuote) = Self.lastRowEnd(bytes, dialect)
            if ended {
                if let openQuote {
                    // The rows before come first, so that errors come in the order of rows.
                    if cut > 0 {
                        carry = Array(bytes[cut...])
                        isOwned = false
                        return Block(storage: storage, count: cut)
                    }
                    let line = bytes[..<openQuote].count { $0 == dialect.terminator }
                    throw TextReader.InBlock(
                        error: TableError(.unclosedQuote, "a quote is opened and never closed", line: line))
                }
                if filled == 0 { return nil }
                if bytes[filled - 1] != dialect.terminator {
                    storage[filled] = dialect.terminator
                    filled += 1
                }
                isOwned = false
                return Block(storage: storage, count: filled)
            }
            if cut > 0 {
                carry = Array(bytes[cut...])
                isOwned = false
                return Block(storage: storage, count: cut)
            }
            guard capacity < Self.maximumRecordBytes else {
                if let openQuote {
                    let line = bytes[..<openQuote].count { $0 == dialect.terminator }
                    throw TextReader.InBlock(
                        error: TableError(.unclosedQuote, "a quote is opened and not closed within 16 MiB", line: line))
                }
                throw TextReader.InBlock(error: TableError(.tooLarge, "a row is longer than 16 MiB", line: 0))
            }
            capacity *= 2
            let larger = Self.allocate(capacity)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<filled]))
            storage.deallocate()
            storage = larger
        }
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer.allocate(byteCount: capacity + Block.padding, alignment: 64)
    }

    /// The end of the last whole row (0 if there is none) and the quote that is still open at the end.
    static func lastRowEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: Dialect) -> (cut: Int, openQuote: Int?) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return (0, nil) }
        let count = bytes.count
        func find(_ byte: UInt8, _ from: Int, _ to: Int) -> Int? {
            memchr(base + from, Int32(byte), to - from).map { $0 - UnsafeMutableRawPointer(mutating: base) }
        }
        func findLast(_ byte: UInt8, _ from: Int, _ to: Int) -> Int? {
            var index = to
            while index > from {
                index -= 1
                if base[index] == byte { return index }
            }
            return nil
        }
        var outside: [(from: Int, to: Int)] = []
        var from = 0
        var search = 0
        var openQuote: Int?
        while let quote = find(Dialect.quote, search, count) {
            let opens = quote == 0 || base[quote - 1] == dialect.delimiter || base[quote - 1] == dialect.terminator
            guard opens else {
                search = quote + 1
                continue
            }
            outside.append((from, quote))
            var inside = quote + 1
            openQuote = quote
            while let closing = find(Dialect.quote, inside, count) {
                if closing + 1 < count, base[closing + 1] == Dialect.quote {
                    inside = closing + 2
                } else {
                    openQuote = nil
                    from = closing + 1
                    break
                }
            }
            if openQuote != nil { break }
            search = from
        }
        if openQuote == nil { outside.append((from, count)) }
        for segment in outside.reversed() {
            if let end = findLast(dialect.terminator, segment.from, segment.to) { return (end + 1, openQuote) }
        }
        return (0, openQuote)
    }
}
