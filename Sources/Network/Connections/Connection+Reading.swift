internal import CNetwork
internal import Glibc
internal import Synchronization

extension Connection {
    /// Bytes taken beside a handler's room: what follows something long is often long too, and would be copied.
    private static let besideRoom = 4 << 10
    /// Bytes of the first read after one into a handler's room.
    private static let afterRoom = 16 << 10

    /// Reads once from the socket, or several times where the handler has room for more; the loop comes back while there is
    /// more, so that no connection starves the others. Whether bytes came and the connection still is.
    @discardableResult
    func readSome() -> Bool {
        var left = LoopCore.bufferSize
        while true {
            let room = phase == .open && tls == nil ? handler?.room() : nil
            let roomCount = room?.count ?? 0
            let wanted = roomCount > 0 ? Connection.besideRoom : readSize
            let buffer = loop.core.readBuffer
            let count = network_receive(descriptor, room?.baseAddress, roomCount, buffer.baseAddress, wanted)
            guard count > 0 else {
                let number = errno
                if count == 0 {
                    peerEnded()
                } else if number != EAGAIN && number != EINTR {
                    end(.system("recv", number, endpoint: endpoint))
                }
                return false
            }
            let isFull = count == roomCount + wanted
            if roomCount > 0 {
                readSize = Connection.afterRoom
                handler?.filled(min(count, roomCount))
            } else if isFull {
                readSize = min(readSize * 4, LoopCore.bufferSize)
            }
            if count > roomCount { took(UnsafeRawBufferPointer(rebasing: buffer[..<(count - roomCount)])) }
            left -= count
            // A read that was not filled has emptied the socket.
            let goesOn = roomCount > 0 && isFull && left > 0 && phase == .open && !isPaused.load(ordering: .acquiring)
            if !goesOn { return phase != .closed }
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
