internal import Glibc
internal import Synchronization

extension Connection {
    /// Makes a connection of a socket that a listener gave, on a loop of the caller's choice: its handler is called on that
    /// loop's thread. With an identity the peer has to shake hands first. False where the loop has ended; the socket is
    /// closed then and the handler hears nothing.
    ///
    /// `prepared` gets the connection on the loop's thread before anything is read.
    @discardableResult
    public static func open(
        _ socket: AcceptedSocket, tls identity: TLSIdentity? = nil, on loop: EventLoop,
        options: ConnectionOptions = ConnectionOptions(), handler: any ConnectionHandler,
        prepared: @escaping @Sendable (Connection) -> Void
    ) -> Bool {
        let isTaken = loop.execute {
            var session: TLSSession?
            if let identity {
                do throws(NetworkError) {
                    session = try TLSSession(serving: identity.context, peer: socket.peer)
                } catch {
                    socket.refuse()
                    return handler.closed(error)
                }
            }
            let connection = Connection(
                endpoint: socket.peer, loop: loop, options: options, descriptor: socket.descriptor, tls: session,
                handler: handler)
            prepared(connection)
            connection.start()
        }
        if !isTaken { socket.refuse() }
        return isTaken
    }
}
