import Testing

@testable import Redis

@Suite("Replies")
struct RESPParserTests {
    /// All replies in `text`, given to the parser in pieces of `size`.
    static func replies(_ text: String, pieces size: Int = .max, limits: RESPParser.Limits = .init()) throws
        -> [RESPValue]
    {
        try replies(Array(text.utf8), pieces: size, limits: limits)
    }

    static func replies(_ bytes: [UInt8], pieces size: Int = .max, limits: RESPParser.Limits = .init()) throws
        -> [RESPValue]
    {
        var parser = RESPParser(limits: limits)
        var replies: [RESPValue] = []
        var place = 0
        while place < bytes.count {
            let end = size < bytes.count - place ? place + size : bytes.count
            try bytes[place..<end].withUnsafeBytes { try parser.parse($0) { replies.append($0) } }
            place = end
        }
        return replies
    }

    private static func bulk(_ text: String) -> RESPValue { .bulkString(Array(text.utf8)) }

    private static let samples: [(String, [RESPValue])] = [
        ("+OK\r\n", [.simpleString("OK")]),
        ("-ERR no\r\n:-12\r\n:+7\r\n", [.error("ERR no"), .number(-12), .number(7)]),
        (":9223372036854775807\r\n:-9223372036854775808\r\n", [.number(.max), .number(.min)]),
        ("$0\r\n\r\n$5\r\na\r\nbc\r\n", [bulk(""), bulk("a\r\nbc")]),
        ("$-1\r\n*-1\r\n_\r\n", [.null, .null, .null]),
        ("#t\r\n#f\r\n", [.boolean(true), .boolean(false)]),
        (
            ",3.25\r\n,-1e3\r\n,inf\r\n,-inf\r\n",
            [.double(3.25), .double(-1000), .double(.infinity), .double(-.infinity)]
        ),
        (
            "(-3492890328409238509324850943850943825024385\r\n",
            [.bigNumber("-3492890328409238509324850943850943825024385")]
        ),
        ("!8\r\nERR a\r\nb\r\n", [.error("ERR a\r\nb")]),
        ("=8\r\ntxt:some\r\n", [.verbatimString(format: "txt", text: Array("some".utf8))]),
        ("*0\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n", [.array([]), .array([bulk("a"), .array([.number(1)])])]),
        (
            "%1\r\n+k\r\n~2\r\n:1\r\n:2\r\n",
            [.map([.init(key: .simpleString("k"), value: .set([.number(1), .number(2)]))])]
        ),
        (">2\r\n+invalidate\r\n_\r\n+OK\r\n", [.push([.simpleString("invalidate"), .null]), .simpleString("OK")]),
        ("|1\r\n+ttl\r\n:9\r\n*1\r\n|1\r\n+x\r\n*0\r\n:5\r\n", [.array([.number(5)])]),
        ("$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n", [bulk("Hello")]),
        ("$?\r\n;0\r\n", [bulk("")]),
        ("*?\r\n:1\r\n*?\r\n.\r\n.\r\n", [.array([.number(1), .array([])])]),
        ("%?\r\n+a\r\n:1\r\n.\r\n~?\r\n.\r\n", [.map([.init(key: .simpleString("a"), value: .number(1))]), .set([])]),
    ]

    @Test("every type, in one piece and in pieces of any size")
    func types() throws {
        for (text, expected) in RESPParserTests.samples {
            for size in [1, 2, 3, 5, 7, Int.max] {
                #expect(try RESPParserTests.replies(text, pieces: size) == expected, "\(text) by \(size)")
            }
        }
        let all = RESPParserTests.samples.map(\.0).joined()
        for size in 1...64 {
            #expect(try RESPParserTests.replies(all, pieces: size) == RESPParserTests.samples.flatMap(\.1))
        }
    }

    @Test(
        "what is not RESP is refused",
        arguments: [
            "x\r\n", "\r\n", "+OK\n", "\u{15}\u{3}\u{3}\r\n", ":\r\n", ":1a\r\n", ":9223372036854775808\r\n",
            ":--1\r\n",
            "$-2\r\n", "$x\r\n", "$3\r\nabcd\r\n", "$3\r\nabc\n\n", "*-2\r\n", "%-1\r\n", "%?\r\n+a\r\n.\r\n", ".\r\n",
            "*1\r\n.\r\n", ";1\r\na\r\n", "$?\r\n+a\r\n", "$?\r\n$?\r\n", "=2\r\nab\r\n", "=4\r\ntxtx\r\n", "#x\r\n",
            "_x\r\n",
            ",\r\n", ",0x1\r\n", ",infinite\r\n", "(12x\r\n", "(\r\n",
        ])
    func refused(text: String) {
        for size in [1, 3, Int.max] {
            #expect {
                _ = try RESPParserTests.replies(text, pieces: size)
            } throws: { ($0 as? RedisError)?.code == .protocolViolation }
        }
    }

    @Test("limits of depth, strings, lines and values hold")
    func limits() throws {
        var limits = RESPParser.Limits()
        limits.depth = 3
        limits.stringLength = 10
        limits.lineLength = 20
        limits.elements = 6
        for allowed in ["*1\r\n*1\r\n*1\r\n:1\r\n", "$10\r\n0123456789\r\n", "*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n"] {
            #expect(try RESPParserTests.replies(allowed, limits: limits).count == 1)
        }
        let refused = [
            "*1\r\n*1\r\n*1\r\n*1\r\n", "$11\r\n", "$?\r\n;6\r\nabcdef\r\n;5\r\n", "+aaaaaaaaaaaaaaaaaaaaaaaaa",
            "+aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", "*7\r\n", "%4\r\n", "*?\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
            "*3\r\n*3\r\n:1\r\n:1\r\n:1\r\n*4\r\n",
        ]
        for text in refused {
            #expect(throws: RedisError.self, "\(text)") { try RESPParserTests.replies(text, limits: limits) }
        }
        // The count begins anew with each reply.
        #expect(
            try RESPParserTests.replies("*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", limits: limits)
                .count == 2)
    }

    @Test("a parser that has failed goes on failing, and a good one knows where it is")
    func state() throws {
        var parser = RESPParser()
        #expect(parser.isBetweenReplies)
        try Array("$3\r\nab".utf8).withUnsafeBytes { try parser.parse($0) { _ in } }
        #expect(!parser.isBetweenReplies)
        try Array("c\r\n".utf8).withUnsafeBytes { try parser.parse($0) { _ in } }
        #expect(parser.isBetweenReplies)
        for text in ["?\r\n", "+OK\r\n"] {
            #expect(throws: RedisError.self) {
                try Array(text.utf8).withUnsafeBytes { try parser.parse($0) { _ in } }
            }
        }
    }

    @Test("lengths that promise much and bring little take no memory")
    func promises() throws {
        #expect(try RESPParserTests.replies("*16000000\r\n*1000000\r\n$536870912\r\nabc").isEmpty)
    }

    @Test("random and damaged bytes never trap, and pieces change nothing")
    func fuzz() {
        var random = SplitMix(state: 20_240_601)
        let alphabet = Array("+-:$*%~>|,#_(=!;.?\r\n\r\n0123456789aft".utf8)
        let good = RESPParserTests.samples.map { Array($0.0.utf8) }
        for round in 0..<20_000 {
            var bytes: [UInt8]
            switch round % 3 {
            case 0: bytes = (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            case 1:
                bytes = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            default:
                bytes = (0..<3).flatMap { _ in good[Int(random.next() % UInt64(good.count))] }
                for _ in 0..<random.next() % 3 {
                    bytes[Int(random.next() % UInt64(bytes.count))] =
                        alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
                if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            }
            let whole = try? RESPParserTests.replies(bytes)
            let pieces = try? RESPParserTests.replies(bytes, pieces: 1 + Int(random.next() % 5))
            #expect(String(describing: whole) == String(describing: pieces))
        }
    }
}

/// Random numbers that are the same every time (Steele, Lea and Flood, 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
