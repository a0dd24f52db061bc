import Testing

@testable import HTTP

/// The parser without sockets: it sees the same however the bytes are cut, and no bytes stop it.
@Suite("Request parser", .timeLimit(.minutes(5)))
struct RequestParserTests {
    /// What a parser said, bodies joined.
    private enum Seen: Equatable {
        case head(Head)
        case body([UInt8])
        case end
        case failed(Int)

        /// The same, but for the reason of a failure: of two in one request, either may be told.
        func isLike(_ other: Seen) -> Bool {
            if case .failed = self, case .failed = other { return true }
            return self == other
        }
    }

    private struct Head: Equatable {
        let head: RequestHead

        static func == (left: Head, right: Head) -> Bool {
            left.head.method == right.head.method && left.head.target == right.head.target
                && left.head.framing == right.head.framing && left.head.keepsAlive == right.head.keepsAlive
                && left.head.headers.elementsEqual(right.head.headers) { $0 == $1 }
        }
    }

    private static func parse(_ pieces: [ArraySlice<UInt8>]) -> [Seen] {
        var parser = RequestParser(limits: RequestLimits(header: RawServer.headerLimit, fields: 100))
        var seen: [Seen] = []
        for piece in pieces {
            let failure = piece.withUnsafeBytes { bytes -> HTTPError? in
                var input = bytes
                do throws(HTTPError) {
                    while true {
                        switch try parser.next(&input) {
                        case .needsMore: return nil
                        case .head(let head): seen.append(.head(Head(head: head)))
                        case .body(let bytes):
                            if case .body(let before) = seen.last {
                                seen[seen.count - 1] = .body(before + bytes)
                            } else {
                                seen.append(.body(Array(bytes)))
                            }
                        case .end: seen.append(.end)
                        }
                    }
                } catch { return error }
            }
            if let failure { return seen + [.failed(failure.status.rawValue)] }
        }
        return seen
    }

    private static let cases: [RawCase] =
        MessageFormatTests.lines + MessageFormatTests.versions + RequestLineTests.methods + RequestLineTests.targets
        + RequestLineTests.absolute + RequestLineTests.hosts + FieldSyntaxTests.cases + BodyFramingTests.lengths
        + BodyFramingTests.codings + ChunkedCodingTests.chunks + ChunkedCodingTests.extensions
        + ChunkedCodingTests.trailers + ConversationTests.ends + ConversationTests.answers + ConversationTests.pipelines

    @Test("there are at least 150 cases")
    func count() { #expect(Self.cases.count >= 150) }

    @Test("two pieces, and single bytes, are read as the whole is")
    func everyCut() async {
        for test in Self.cases where test.bytes.count < 1000 {
            await Task.yield()
            let bytes = test.bytes + Array("GET /next HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            let whole = Self.parse([bytes[...]])
            for cut in 0...bytes.count {
                #expect(Self.parse([bytes[..<cut], bytes[cut...]]) == whole, "\(test.rule), cut at \(cut)")
            }
            #expect(Self.parse(bytes.indices.map { bytes[$0...$0] }) == whole, "\(test.rule)")
        }
    }

    @Test("spoilt requests stop nothing, and are read alike however they are cut", arguments: 0..<8)
    func spoilt(_ seed: UInt64) async {
        var random = SplitMix(seed: seed)
        let corpus = Self.cases.map(\.bytes).filter { !$0.isEmpty && $0.count < 400 }
        let signs = Array("\r\n\r\n :;,0=\0\t\u{7F}aF/".utf8) + [0xFF]
        for round in 0..<15_000 {
            // Other tests have their turns.
            if round % 100 == 0 { await Task.yield() }
            var bytes = corpus[random.below(corpus.count)]
            if random.below(4) == 0 { bytes += corpus[random.below(corpus.count)] }
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes[place] = signs[random.below(signs.count)]
                case 2: bytes.insert(signs[random.below(signs.count)], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            compare(bytes, &random)
        }
    }

    @Test("random bytes stop nothing, and are read alike however they are cut", arguments: 8..<12)
    func noise(_ seed: UInt64) async {
        var random = SplitMix(seed: seed)
        let signs = Array("\r\n\r\n :GET / HTTP/1.1\r\nHost: x\r\nchunked03;".utf8)
        for round in 0..<20_000 {
            if round % 100 == 0 { await Task.yield() }
            let onlySigns = random.below(2) == 0
            compare(
                (0..<(1 + random.below(60))).map { _ in
                    onlySigns ? signs[random.below(signs.count)] : UInt8(random.below(256))
                }, &random)
        }
    }

    private func compare(_ bytes: [UInt8], _ random: inout SplitMix) {
        let whole = Self.parse([bytes[...]])
        let first = random.below(bytes.count + 1)
        let second = first + random.below(bytes.count - first + 1)
        let cut = Self.parse([bytes[..<first], bytes[first..<second], bytes[second...]])
        // Checked by hand first: the macro's own bookkeeping costs more than the parser.
        let isSame = whole.count == cut.count && zip(whole, cut).allSatisfy { $0.isLike($1) }
        if !isSame { Issue.record("\(bytes) cut at \(first) and \(second): \(whole) and \(cut)") }
    }
}

/// A generator with a seed (Steele, Lea and Flood, 2014).
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
