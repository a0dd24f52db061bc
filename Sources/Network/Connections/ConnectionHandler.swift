/// What a connection tells its protocol; all calls come on the loop's thread, one at a time, and must not block.
public protocol ConnectionHandler: AnyObject, Sendable {
    /// The TLS handshake is over; never called without TLS.
    func handshakeEnded()

    /// Bytes have come; they may be looked at during the call alone. The first may come before `connect` has returned.
    func received(_ bytes: UnsafeRawBufferPointer)

    /// Where the bytes that come next may be put at once: the handler knows how long what it is being sent is, and would have
    /// to copy its rest. What is put there is told by `filled`, what follows by `received`; TLS tells all by `received`. The
    /// memory has to stay until one of them is called. Nothing where the handler does not say.
    func room() -> UnsafeMutableRawBufferPointer?

    /// So many bytes have been put into what `room()` gave.
    func filled(_ count: Int)

    /// The peer sends no more, but may still want to be sent something. True keeps the sending side open until this side
    /// closes it; false, which is the default, sends what is queued and closes.
    func peerEnded() -> Bool

    /// Everything that was queued is with the system.
    func drained()

    /// The connection has ended, and nothing more will come: with nil after an orderly end by either side, else with the
    /// reason. It is called once, and not at all where `connect` throws.
    func closed(_ error: NetworkError?)
}

extension ConnectionHandler {
    /// Not of interest.
    public func handshakeEnded() {}

    /// Nothing: every byte comes by `received`.
    public func room() -> UnsafeMutableRawBufferPointer? { nil }

    /// Never called without room.
    public func filled(_ count: Int) {}

    /// An end of one side is the end of both.
    public func peerEnded() -> Bool { false }

    /// Not of interest.
    public func drained() {}
}
