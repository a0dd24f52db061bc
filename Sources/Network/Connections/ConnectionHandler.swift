/// What a connection tells its protocol; all calls come on the loop's thread, one at a time, and must not block.
public protocol ConnectionHandler: AnyObject, Sendable {
    /// Bytes have come; they may be looked at during the call alone. The first may come before `connect` has returned.
    func received(_ bytes: UnsafeRawBufferPointer)

    /// The connection has ended, and nothing more will come: with nil after an orderly end by either side, else with the
    /// reason. It is called once, and not at all where `connect` throws.
    func closed(_ error: NetworkError?)
}
