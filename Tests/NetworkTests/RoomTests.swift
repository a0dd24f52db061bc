import Network
import TestCertificates
import Testing

@Suite("Handlers with room")
struct RoomTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    /// Blocks small and large, some of no bytes.
    private static let blocks = [
        0, 1, 100, 70_000, 65_536, 65_536, 5, 0, 3_000_000, 4_096, 4_095, 300_000, 16, 65_536,
    ].enumerated().map { pattern($1, seed: $0) }

    @Test(
        "what there is room for comes there, the rest as ever, in order and whole",
        arguments: [1_000, 4_100, 65_600, 10_000_000], [1, 700, 50_000, Int.max])
    func blocksAndWhatFollows(piece: Int, mostRoom: Int) async throws {
        let bytes = Self.blocks.flatMap(framed)
        let server = try SocketServer { peer in
            for start in stride(from: 0, to: bytes.count, by: piece) {
                guard peer.write(Array(bytes[start..<min(start + piece, bytes.count)])) else { return }
            }
        }
        let reader = BlockReader(mostRoom: mostRoom)
        _ = try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(120), handler: reader)
        #expect(await reader.blocks(Self.blocks.count) == Self.blocks)
        #expect(reader.filledCount > 0)
        await loop.stop()
    }

    @Test("of a large block, room takes all but what one read had before its length was known")
    func most() async throws {
        let block = pattern(40 << 20, seed: 1)
        let server = try SocketServer { peer in _ = peer.write(framed(block)) }
        let reader = BlockReader()
        _ = try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(120), handler: reader)
        #expect(await reader.blocks(1) == [block])
        #expect(reader.filledCount >= block.count - (256 << 10))
        await loop.stop()
    }

    @Test("with TLS everything comes by `received`")
    func encrypted() async throws {
        let certificates = try Certificates()
        let files = try certificates.make("local", for: "IP:127.0.0.1")
        let server = try SocketServer.tlsEcho(files)
        let reader = BlockReader()
        let connection = try await Connection.connect(
            to: server.endpoint, tls: TLSOptions(authorityFile: certificates.authority), on: loop,
            timeout: .seconds(120), handler: reader)
        for block in Self.blocks { try await connection.sendWaiting(framed(block)) }
        #expect(await reader.blocks(Self.blocks.count) == Self.blocks)
        #expect(reader.filledCount == 0)
        await connection.close()
        await loop.stop()
    }
}
