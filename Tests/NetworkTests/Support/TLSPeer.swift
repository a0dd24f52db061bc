import CNetwork
import Foundation
import Glibc

/// The server's end of a TLS connection, blocking; made from a socket by a handshake.
final class TLSPeer {
    private let context: OpaquePointer
    private let ssl: OpaquePointer

    /// Nil where the handshake failed.
    init?(_ peer: PeerSocket, certificate: String, key: String, maximumVersion: Int32 = 0) {
        // OpenSSL writes to the socket itself: a client that has gone is no reason to end the tests.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let context = SSL_CTX_new(TLS_server_method()) else { return nil }
        guard
            let ssl =
                SSL_CTX_use_certificate_chain_file(context, certificate) == 1
                    && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 ? SSL_new(context) : nil
        else {
            SSL_CTX_free(context)
            return nil
        }
        self.context = context
        self.ssl = ssl
        SSL_ctrl(ssl, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(maximumVersion), nil)
        SSL_set_fd(ssl, peer.descriptor)
        guard SSL_accept(ssl) == 1 else { return nil }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// The version spoken, such as `TLSv1.3`.
    var version: String { String(cString: SSL_get_version(ssl)) }

    func read(_ count: Int = 16 << 10) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Int(SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))))
        }
        return bytes.isEmpty ? nil : bytes
    }

    func write(_ bytes: [UInt8]) -> Bool { SSL_write(ssl, bytes, Int32(bytes.count)) == Int32(bytes.count) }

    /// Says that no more comes.
    func sayGoodbye() { SSL_shutdown(ssl) }
}

extension SocketServer {
    /// Sends back all that comes, over TLS.
    static func tlsEcho(_ files: (certificate: String, key: String), maximumVersion: Int32 = 0) throws -> SocketServer {
        try SocketServer { socket in
            guard
                let peer = TLSPeer(
                    socket, certificate: files.certificate, key: files.key, maximumVersion: maximumVersion)
            else { return }
            while let bytes = peer.read() { if !peer.write(bytes) { return } }
            peer.sayGoodbye()
        }
    }
}
