import Testing

@testable import HTTP

@Suite("Chunked decoder")
struct ChunkedDecoderTests {
    /// The body and the number of bytes used, or the status of the refusal.
    private func decode(_ text: String, piece: Int = .max) -> (body: String, used: Int, status: Int?) {
        let bytes = Array(text.utf8)
        var decoder = ChunkedDecoder(limit: 100)
        var body: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + min(piece, bytes.count))
            let result = bytes[place..<end].withUnsafeBytes { input in
                Result { () throws(HTTPError) in try decoder.next(input) }
            }
            switch result {
            case .success(.data(let count)):
                body += bytes[place..<(place + count)]
                place += count
            case .success(.framing(let count)): place += count
            case .success(.end(let count)): return (String(decoding: body, as: UTF8.self), place + count, 0)
            case .failure(let error): return (String(decoding: body, as: UTF8.self), place, error.status.rawValue)
            }
        }
        return (String(decoding: body, as: UTF8.self), place, nil)
    }

    @Test("framing goes, data stays, and the end is known to the byte", arguments: [1, 2, 3, 7, Int.max])
    func whole(_ piece: Int) {
        let framed = "1\r\na\r\n00B;x=\"y\"\r\n0123456789A\r\n0\r\nX: y\r\n\r\n"
        let (body, used, status) = decode(framed + "GET", piece: piece)
        #expect(body == "a0123456789A")
        #expect(used == framed.utf8.count)
        #expect(status == 0)
    }

    @Test(
        "what is not whole is waited for",
        arguments: ["1", "1\r\n", "1\r\na", "1\r\na\r\n", "0\r\n", "0\r\nX: y\r\n"])
    func half(_ text: String) { #expect(decode(text).status == nil) }

    @Test("fifteen digits fit, sixteen do not")
    func digits() {
        #expect(decode("fffffffffffffff\r\na").status == nil)
        #expect(decode("0000000000000001\r\na").status == 400)
    }

    @Test("extensions of a chunk and the trailer are limited, not those of all chunks together")
    func limits() {
        let filling = String(repeating: "x", count: 90)
        let chunk = "1;\(filling)\r\na\r\n"
        #expect(decode(String(repeating: chunk, count: 50) + "0\r\n\r\n").status == 0)
        #expect(decode("1;\(filling)\(filling)\r\na\r\n0\r\n\r\n").status == 431)
        #expect(decode("0\r\nX: \(filling)\r\n\r\n").status == 0)
        #expect(decode("0\r\nX: \(filling)\r\nY: \(filling)\r\n\r\n").status == 431)
    }
}
