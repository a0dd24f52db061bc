internal import CNetwork
internal import Glibc

extension Connection {
    /// Reads once from the socket; the loop comes back while there is more, so that no connection starves the others.
    /// Whether bytes came and the connection still is.
    @discardableResult
    func readSome() -> Bool {
        let buffer = loop.core.readBuffer
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        guard count > 0 else {
            let number = errno
            if count == 0 {
                peerEnded()
            } else if number != EAGAIN && number != EINTR {
                end(.system("recv", number, endpoint: endpoint))
            }
            return false
        }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        switch phase {
        case .open:
            if let tls {
                tls.receive(bytes)
                decrypt(tls)
            } else {
                handler?.received(bytes)
            }
        case .handshaking: shakeHands(bytes)
        case .draining, .lingering, .closed: break
        }
        return phase != .closed
    }

    private func shakeHands(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else { return }
        do throws(NetworkError) {
            let handshake = try tls.handshake(bytes)
            if handshake == .done { opened() }
            flush()
            // The peer's first bytes may have come with the end of the handshake.
            if handshake == .done, phase == .open { decrypt(tls) }
        } catch {
            // The alert that says why is still sent where the socket takes it.
            flush()
            end(error)
        }
    }

    private func decrypt(_ tls: TLSSession) {
        do throws(NetworkError) {
            let reading = try tls.decrypt(into: loop.core.plainBuffer) { plain in
                if phase == .open { handler?.received(plain) }
            }
            guard phase != .closed else { return }
            // Answers to the peer's own messages, such as new keys.
            if !tls.output.isDrained { service() }
            if reading == .ended { peerEnded() }
        } catch { end(error) }
    }

    /// The peer sends no more. What is queued is still sent, as it may have closed its sending side alone.
    private func peerEnded() {
        hasPeerEnded = true
        switch phase {
        case .handshaking:
            end(
                NetworkError(
                    code: .connectionLost,
                    message: tls?.hasHeard == true
                        ? "the server ended the connection during the TLS handshake"
                        : "the server ended the connection at the TLS handshake: it may not speak TLS",
                    endpoint: endpoint))
        case .open:
            // With TLS the peer says when it has sent all; without that anyone may have cut the connection.
            if let tls, !tls.hasPeerSaidGoodbye {
                return end(
                    NetworkError(
                        code: .connectionLost, message: "the server ended the connection without the end of TLS",
                        endpoint: endpoint))
            }
            refuseSends()
            phase = .draining
            watchProgress()
            service()
        case .draining: service()
        case .lingering: end(nil)
        case .closed: break
        }
    }
}
