import Testing

@testable import Redis

@Suite("The handshake")
struct HandshakeTests {
}
