internal import HTTP

/// What a client has to know of the server before it may ask for anything.
struct ServerEndpoints: Sendable {
    static let path = "/api/v1/server"

    let configuration: ServerConfiguration

    var all: [Endpoint] { [server] }

    private struct Server: Encodable {
        let version: String
        let tokenRequired: Bool
        let uploadLimit: Int

        enum CodingKeys: String, CodingKey {
            case version
            case tokenRequired = "token_required"
            case uploadLimit = "upload_limit_bytes"
        }
    }

    private var server: Endpoint {
        let answer = Server(
            version: configuration.version, tokenRequired: configuration.token != nil,
            uploadLimit: configuration.uploadLimit)
        return Endpoint(
            method: .get, path: ServerEndpoints.path, name: "getServer", tag: "operation",
            summary: "The server's version, whether it wants a token, and how much it takes; needs no token.",
            answers: [.init(status: .ok, description: "The server.", content: [.json("Server")])],
            handler: .immediate { _ in try .json(answer) })
    }
}
