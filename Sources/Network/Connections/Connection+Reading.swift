internal import CNetwork
internal import Glibc
internal import Synchronization

extension Connection {
    /// Bytes taken beside a handler's room, and by the next read without: what follows something long is often long too, and
    /// would be copied.
    private static let besideRoom = 4 << 10
    /// Bytes after which other connections have their turn.
    private static let mostAtOnce = 1 << 20

    /// Where the handler wants the bytes that come next.
    private var room: UnsafeMutableRawBufferPointer {
        (phase == .open && tls == nil ? handler?.room() : nil) ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Reads once from the socket, or several times where the handler has room for more; the loop comes back while there is
    /// more, so that no connection starves the others. Whether bytes came and the connection still is.
    @discardableResult
    func readSome() -> Bool {
        let buffer = loop.core.readBuffer
        var room = room
        var left = Connection.mostAtOnce
        while true {
            let wanted = room.isEmpty ? readSize : Connection.besideRoom
            let count = network_receive(descriptor, room.baseAddress, room.count, buffer.baseAddress, wanted)
            guard count > 0 else {
                let number = errno
                if count == 0 {
                    peerEnded()
                } else if number != EAGAIN && number != EINTR {
                    end(.system("recv", number, endpoint: endpoint))
                }
                return false
            }
            // A read that was not filled has emptied the socket.
            let isFull = count == room.count + wanted
            if !room.isEmpty {
                readSize = Connection.besideRoom
                handler?.filled(min(count, room.count))
            } else if isFull {
                readSize = min(readSize * 4, LoopCore.bufferSize)
            }
            if count > room.count { took(UnsafeRawBufferPointer(rebasing: buffer[..<(count - room.count)])) }
            left -= count
            room = self.room
            guard isFull, left > 0, !room.isEmpty, !isPaused.load(ordering: .acquiring) else { return phase != .closed }
        }
    }

    private func took(_ bytes: UnsafeRawBufferPointer) {
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
    }

    private func shakeHands(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else { return }
        do throws(NetworkError) {
            let handshake = try tls.handshake(bytes)
            if handshake == .done {
                opened()
                handler?.handshakeEnded()
            }
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
                        ? "the peer ended the connection during the TLS handshake"
                        : "the peer ended the connection at the TLS handshake: it may not speak TLS",
                    endpoint: endpoint))
        case .open:
            // With TLS the peer says when it has sent all; without that anyone may have cut the connection.
            if let tls, !tls.hasPeerSaidGoodbye {
                return end(
                    NetworkError(
                        code: .connectionLost, message: "the peer ended the connection without the end of TLS",
                        endpoint: endpoint))
            }
            if handler?.peerEnded() == true { return }
            guard phase == .open else { return }
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
