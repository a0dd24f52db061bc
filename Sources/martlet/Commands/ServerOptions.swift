import AutoML
import CommandLine
import Foundation
import Server

/// Options of every command that serves the HTTP API.
enum ServerOptions {
    static let host = Option<String?>.text(
        "host", value: "HOST", help: "Where to listen (127.0.0.1)", environment: "MARTLET_HTTP_HOST"
    ).configured(key: "http.host")
    static let port = Option<Int?>.integer(
        "port", value: "PORT", help: "Port to listen on, 0 for a free one (8080)", range: 0...65535,
        environment: "MARTLET_HTTP_PORT"
    ).configured(key: "http.port")
    static let allowedHosts = Option<[String]>.list(
        "allowed-hosts", value: "A,B", help: "Host names that clients may use besides HOST"
    ).configured(key: "http.allowed_hosts")
    static let insecure = Option<Bool>.flag(
        "insecure", help: "Listen beyond this machine without a token"
    ).configured(key: "http.insecure")

    static let webFolder = Option<String?>.text(
        "web-dir", value: "DIR", help: "The built web UI (that of the installation, or of the checkout)",
        environment: "MARTLET_WEB_DIR"
    ).configured(key: "http.web_dir")
    static let grafana = Option<String?>.text(
        "grafana-url", value: "URL", help: "Where Grafana shows the installation, for a link in the web UI",
        environment: "MARTLET_GRAFANA_URL"
    ).configured(key: "http.grafana_url")

    static let maximumColumns = Option<Int?>.integer(
        "max-columns", help: "Columns that a table may have (100000)", range: 1...10_000_000
    ).configured(key: "limits.columns")
    static let modelCache = Option<Int?>.bytes(
        "model-cache", help: "Memory for models that predict, the last used ones (256MiB)"
    ).configured(key: "limits.model_cache")

    static let declarations =
        [
            host.declaration, port.declaration, allowedHosts.declaration, insecure.declaration, webFolder.declaration,
            grafana.declaration, maximumColumns.declaration, modelCache.declaration,
        ] + HTTPOptions.declarations + WorkOptions.declarations

    static let accessHelp = """
        Anyone on this machine may use it; on any other HOST it asks for a token, which clients send as
        “Authorization: Bearer TOKEN”: set it as MARTLET_API_TOKEN, or MARTLET_API_TOKEN_FILE names a file with it.
        MARTLET_METRICS_TOKEN is a second one, which opens /metrics alone.
        """

    static func configuration(_ invocation: Invocation) throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        if let host = invocation[host] { configuration.host = host }
        if let port = invocation[port] { configuration.port = port }
        if let columns = invocation[maximumColumns] { configuration.columnLimit = columns }
        HTTPOptions.apply(invocation, to: &configuration)
        try setTokens(&configuration)
        configuration.isInsecure = invocation[insecure]
        configuration.allowedHosts = Set(invocation[allowedHosts].map { $0.lowercased() })
        configuration.version = martletVersion
        if let folder = invocation[webFolder] ?? WebFolder.found() { configuration.site = try Site(folder: folder) }
        if let address = invocation[grafana] {
            guard address.hasPrefix("https://") || address.hasPrefix("http://") else {
                throw UsageError("--grafana-url must begin with http:// or https://")
            }
            configuration.links = [.init(title: "Grafana", href: address)]
        }
        try configuration.validate()
        return configuration
    }

    static func setTokens(_ configuration: inout ServerConfiguration) throws {
        let environment = ProcessInfo.processInfo.environment
        configuration.token = try ServerConfiguration.token(environment: environment)
        configuration.metricsToken = try ServerConfiguration.token("MARTLET_METRICS_TOKEN", environment: environment)
    }

    /// The address that people open.
    static func address(_ configuration: ServerConfiguration, port: Int) -> String {
        "\(configuration.usesTLS ? "https" : "http")://\(configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host):\(port)"
    }
}
