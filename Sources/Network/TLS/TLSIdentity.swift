internal import CNetwork

/// What a server shows to those who connect with TLS: its certificate, with those between it and an authority, and its key.
/// It is read once; a changed file takes another identity.
public final class TLSIdentity: Sendable {
    let context: TLSContext

    /// Reads two PEM files; blocks. Throws `NetworkError` of code `identityFile`, which names the file.
    public init(certificateFile: String, keyFile: String) throws(NetworkError) {
        context = try TLSContext(certificateFile: certificateFile, keyFile: keyFile)
    }
}
