internal import CNetwork
internal import Glibc

/// One TLS connection without its socket: bytes of the wire go in and come out, plain bytes come out and go in.
/// It belongs to the loop's thread.
final class TLSSession {
    /// How far the handshake is.
    enum Handshake {
        case done
        case needsInput
    }

    /// What has come of received bytes.
    enum Reading {
        case needsInput
        /// The peer has said that it sends no more.
        case ended
    }

    /// Bytes for the wire.
    var output = OutgoingBuffer()
    /// Whether the peer has sent anything.
    private(set) var hasHeard = false

    /// Whether the peer has said that it sends no more.
    private(set) var hasPeerSaidGoodbye = false

    private let isServer: Bool
    private let context: TLSContext
    private let ssl: OpaquePointer
    private let name: String
    private let endpoint: Endpoint
    /// Received bytes that OpenSSL has not taken yet; they lie in the loop's buffer.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)

    init(context: TLSContext, options: TLSOptions, endpoint: Endpoint) throws(NetworkError) {
        self.context = context
        self.endpoint = endpoint
        isServer = false
        name = options.serverName ?? endpoint.host
        ERR_clear_error()
        guard let ssl = SSL_new(context.pointer) else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        self.ssl = ssl
        guard let bio = WireBIO.make() else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        SSL_set_bio(ssl, bio, bio)
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_connect_state(ssl)
        // An address is compared with the certificate's addresses and is no name to ask for.
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) != 1 {
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard SSL_set1_host(ssl, name) == 1, network_tls_server_name(ssl, name) == 1 else {
                throw NetworkError(
                    code: .wrongName, message: "\(name) cannot be the name of a server", endpoint: endpoint)
            }
        }
        ERR_clear_error()
    }

    /// A server's side of a connection.
    init(serving context: TLSContext, peer: Endpoint) throws(NetworkError) {
        self.context = context
        endpoint = peer
        name = peer.host
        isServer = true
        ERR_clear_error()
        guard let ssl = SSL_new(context.pointer) else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        self.ssl = ssl
        guard let bio = WireBIO.make() else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        SSL_set_bio(ssl, bio, bio)
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_accept_state(ssl)
    }

    deinit { SSL_free(ssl) }

    /// Brings the handshake forward with bytes received (none at the start).
    func handshake(_ bytes: UnsafeRawBufferPointer) throws(NetworkError) -> Handshake {
        // TLS begins with a record of the handshake or an alert: anything else is another protocol.
        if !hasHeard, let first = bytes.first {
            hasHeard = true
            guard first == 22 || first == 21 else {
                throw NetworkError(
                    code: .notTLS, message: "the \(isServer ? "client" : "server") does not speak TLS here",
                    endpoint: endpoint)
            }
        }
        input = bytes
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        let error = SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ { return .needsInput }
        let verification = SSL_get_verify_result(ssl)
        let reason = TLSFailure.takeReason()
        guard verification == X509_V_OK else {
            throw TLSFailure.certificate(verification, name: name, endpoint: endpoint)
        }
        throw NetworkError(code: .tls, message: "the TLS handshake failed: \(reason)", endpoint: endpoint)
    }

    /// Takes what was received; what the handshake left over comes first.
    func receive(_ bytes: UnsafeRawBufferPointer) { if !bytes.isEmpty { input = bytes } }

    /// Decrypts what was received, calling `deliver` with plain bytes in `buffer` until there are no more.
    func decrypt(
        into buffer: UnsafeMutableRawBufferPointer, _ deliver: (UnsafeRawBufferPointer) -> Void
    ) throws(NetworkError) -> Reading {
        while true {
            var filled = 0
            var status = SSL_ERROR_NONE
            ERR_clear_error()
            // A call gives one record at most; they are handed on together.
            while filled < buffer.count, let base = buffer.baseAddress {
                var count = 0
                let result = SSL_read_ex(ssl, base + filled, buffer.count - filled, &count)
                if result == 1 {
                    filled += count
                } else {
                    status = SSL_get_error(ssl, result)
                    break
                }
            }
            let reason = status == SSL_ERROR_SSL ? TLSFailure.takeReason() : ""
            if filled > 0 { deliver(UnsafeRawBufferPointer(rebasing: buffer[..<filled])) }
            switch status {
            case SSL_ERROR_NONE: continue
            case SSL_ERROR_WANT_READ: return .needsInput
            case SSL_ERROR_ZERO_RETURN:
                hasPeerSaidGoodbye = true
                return .ended
            default: throw NetworkError(code: .tls, message: "TLS failed: \(reason)", endpoint: endpoint)
            }
        }
    }

    /// Encrypts plain bytes into `output`.
    func encrypt(_ bytes: UnsafeRawBufferPointer) throws(NetworkError) {
        guard !bytes.isEmpty else { return }
        var written = 0
        ERR_clear_error()
        guard SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &written) == 1, written == bytes.count else {
            throw NetworkError(code: .tls, message: "TLS failed: \(TLSFailure.takeReason())", endpoint: endpoint)
        }
    }

    /// Puts the farewell into `output`.
    func sayGoodbye() {
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
    }

    fileprivate func take(_ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
        let taken = min(count, input.count)
        if taken > 0, let base = input.baseAddress {
            target.copyMemory(from: base, byteCount: taken)
            input = UnsafeRawBufferPointer(rebasing: input[taken...])
        }
        return taken
    }
}

/// OpenSSL's side of a session's input and output: a memory BIO that copies straight between OpenSSL's records and the
/// buffers of the loop.
private enum WireBIO {
    // OpenSSL's method tables are made once and never freed; nil where memory was short.
    nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire") else { return nil }
        BIO_meth_set_read_ex(method) { bio, target, count, taken in
            guard let bio, let target, let data = BIO_get_data(bio) else { return 0 }
            network_bio_clear_retry(bio)
            let session = Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
            let length = session.take(target, count)
            taken?.pointee = length
            if length == 0 { network_bio_retry_read(bio) }
            return length > 0 ? 1 : 0
        }
        BIO_meth_set_write_ex(method) { bio, source, count, written in
            guard let bio, let source, let data = BIO_get_data(bio) else { return 0 }
            network_bio_clear_retry(bio)
            let session = Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
            session.output.append(copying: UnsafeRawBufferPointer(start: source, count: count))
            written?.pointee = count
            return 1
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    static func make() -> OpaquePointer? {
        guard let method, let bio = BIO_new(method) else { return nil }
        BIO_set_init(bio, 1)
        return bio
    }
}
