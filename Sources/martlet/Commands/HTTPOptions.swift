import CommandLine
import Server

/// Options of what a server takes of its clients, and of TLS; every command that listens has them.
enum HTTPOptions {
    static let certificate = Option<String?>.text(
        "tls-certificate", value: "FILE", help: "PEM file of the server's certificate and those above it; turns TLS on",
        environment: "MARTLET_HTTP_TLS_CERTIFICATE"
    ).configured(key: "http.tls_certificate")
    static let key = Option<String?>.text(
        "tls-key", value: "FILE", help: "PEM file of its key; SIGHUP takes both anew",
        environment: "MARTLET_HTTP_TLS_KEY"
    ).configured(key: "http.tls_key")
    static let connections = Option<Int?>.integer(
        "max-connections", help: "Connections at a time (10000, or what the limit of files leaves)",
        range: 1...1_000_000, environment: "MARTLET_HTTP_MAX_CONNECTIONS"
    ).configured(key: "http.max_connections")
    static let perAddress = Option<Int?>.integer(
        "max-connections-per-address", help: "Connections at a time from one address (no limit)", range: 1...1_000_000
    ).configured(key: "http.max_connections_per_address")
    static let header = Option<Int?>.bytes(
        "max-header", help: "Longest request line and header (16KiB)"
    ).configured(key: "http.max_header")
    static let upload = Option<Int?>.bytes(
        "max-upload", help: "Longest file of a dataset or to predict (64GiB)", environment: "MARTLET_HTTP_MAX_UPLOAD"
    ).configured(key: "http.max_upload")
    static let document = Option<Int?>.bytes(
        "max-document", help: "Longest body in JSON (32MiB)"
    ).configured(key: "http.max_document")
    static let headerTimeout = Option<Double?>.duration(
        "header-timeout", help: "How long a request's header may take (10s)"
    ).configured(key: "http.header_timeout")
    static let idleTimeout = Option<Double?>.duration(
        "idle-timeout", help: "How long a connection may wait for its next request (60s)"
    ).configured(key: "http.idle_timeout")
    static let pace = Option<Int?>.bytes(
        "min-pace", help: "What a body brings and a client takes a second at least, averaged over 30 s (1000)"
    ).configured(key: "http.min_pace")

    static let declarations = [
        certificate.declaration, key.declaration, connections.declaration, perAddress.declaration, header.declaration,
        upload.declaration, document.declaration, headerTimeout.declaration, idleTimeout.declaration, pace.declaration,
    ]

    /// Sets what was given in a configuration.
    static func apply(_ invocation: Invocation, to configuration: inout ServerConfiguration) {
        configuration.certificateFile = invocation[certificate]
        configuration.keyFile = invocation[key]
        if let count = invocation[connections] { configuration.connectionLimit = count }
        configuration.connectionsPerAddress = invocation[perAddress]
        if let bytes = invocation[header] { configuration.headerLimit = min(max(bytes, 1024), 1 << 20) }
        if let bytes = invocation[upload] { configuration.uploadLimit = bytes }
        if let bytes = invocation[document] { configuration.documentLimit = bytes }
        if let seconds = invocation[headerTimeout] { configuration.headerTimeout = .seconds(min(seconds, 1e6)) }
        if let seconds = invocation[idleTimeout] { configuration.idleTimeout = .seconds(min(seconds, 1e6)) }
        if let bytes = invocation[pace] { configuration.leastPace = min(bytes, 1 << 30) }
    }
}
