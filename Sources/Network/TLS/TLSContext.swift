internal import CNetwork
internal import Glibc

/// What sessions of the same authorities share.
final class TLSContext: @unchecked Sendable {
    // Sendable by hand: OpenSSL's contexts may be used by many threads once they are set up.
    let pointer: OpaquePointer

    /// Reads the authorities; blocks.
    init(_ options: TLSOptions) throws(NetworkError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        pointer = context
        _ = network_tls_minimum_1_2(context)
        network_tls_release_buffers(context)
        // A new handshake in the midst of writing would have to wait for reading.
        network_tls_forbid_renegotiation(context)
        SSL_CTX_set_verify(context, options.isVerified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        ERR_clear_error()
        guard options.isVerified else { return }
        if let file = options.authorityFile {
            guard SSL_CTX_load_verify_locations(context, file, nil) == 1 else {
                let reason = TLSFailure.takeReason()
                throw NetworkError(
                    code: .authorityFile, message: "the authorities in \(file) cannot be read: \(reason)")
            }
        } else {
            guard SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw NetworkError(code: .authorityFile, message: "the system's authorities cannot be read")
            }
        }
    }

    /// Reads a server's certificates and key; blocks.
    init(certificateFile: String, keyFile: String) throws(NetworkError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw NetworkError(code: .tls, message: "TLS cannot be set up: \(TLSFailure.takeReason())")
        }
        pointer = context
        _ = network_tls_minimum_1_2(context)
        network_tls_release_buffers(context)
        network_tls_forbid_renegotiation(context)
        network_tls_forbid_questions(context)
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
            let reason = TLSFailure.takeReason()
            throw NetworkError(
                code: .identityFile, message: "the certificate in \(certificateFile) cannot be read: \(reason)")
        }
        guard SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1 else {
            let reason = TLSFailure.takeReason()
            throw NetworkError(code: .identityFile, message: "the key in \(keyFile) cannot be read: \(reason)")
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw NetworkError(
                code: .identityFile, message: "the key in \(keyFile) is not that of \(certificateFile)")
        }
    }

    deinit { SSL_CTX_free(pointer) }
}

/// OpenSSL's words for what went wrong.
enum TLSFailure {
    /// The newest error of this thread, in words; the others are dropped.
    static func takeReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return "no reason is known" }
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        // Errors of the operating system have a number for a reason.
        return String(cString: strerror(network_error_reason(code)))
    }

    /// The error of a handshake in which the certificate was not accepted.
    static func certificate(_ result: Int, name: String, endpoint: Endpoint) -> NetworkError {
        let words = String(cString: X509_verify_cert_error_string(result))
        switch Int32(truncatingIfNeeded: result) {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return NetworkError(
                code: .wrongName, message: "the server's certificate is not for \(name): \(words)", endpoint: endpoint)
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_CERT_UNTRUSTED:
            return NetworkError(
                code: .unknownAuthority, message: "the server's certificate is of an unknown authority: \(words)",
                endpoint: endpoint)
        default:
            return NetworkError(
                code: .invalidCertificate, message: "the server's certificate is not accepted: \(words)",
                endpoint: endpoint)
        }
    }
}
