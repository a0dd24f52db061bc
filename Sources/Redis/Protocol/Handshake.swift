internal import Network

/// What is said before a connection is of use: RESP3 with the password in one, or, to servers older than Redis 6, the
/// password alone; then the database. It does no input or output: it is given replies and tells what to send.
struct Handshake {
    /// What to do next.
    enum Step {
        case send([RedisArgument])
        case done
        case failed(RedisError)
    }

    private enum Waiting {
        case hello, password, database
    }

    private let configuration: RedisConfiguration
    private var waiting = Waiting.hello

    init(_ configuration: RedisConfiguration) { self.configuration = configuration }

    /// The first thing to send.
    var greeting: [RedisArgument] {
        var parts: [RedisArgument] = ["HELLO", 3]
        if let password = configuration.password {
            parts += ["AUTH", RedisArgument(configuration.user ?? "default"), RedisArgument(password)]
        }
        return parts
    }

    /// What follows on a reply.
    mutating func received(_ reply: RESPValue) -> Step {
        let endpoint = configuration.endpoint
        guard let text = reply.errorText else {
            if waiting == .database || configuration.database == 0 { return .done }
            waiting = .database
            return .send(["SELECT", RedisArgument(configuration.database)])
        }
        let error = RedisError(reply: text, endpoint: endpoint)
        switch waiting {
        case .hello:
            // Redis before 6 knows no HELLO, and says NOPROTO where it knows another version of RESP.
            let isOld =
                error.serverCode == "NOPROTO" || text.hasPrefix("ERR unknown command")
                || (error.serverCode == "NOAUTH" && configuration.password != nil)
            guard isOld else { return .failed(error) }
            guard let password = configuration.password else {
                waiting = .password
                return received(.simpleString("OK"))
            }
            waiting = .password
            let user = configuration.user.map { [RedisArgument($0)] } ?? []
            return .send(["AUTH"] + user + [RedisArgument(password)])
        case .password:
            // Redis before 6 says "ERR invalid password".
            return .failed(
                RedisError(
                    code: .authentication, message: text, serverCode: error.serverCode, endpoint: endpoint))
        case .database: return .failed(error)
        }
    }
}
