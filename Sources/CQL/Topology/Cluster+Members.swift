internal import Foundation
internal import Network

extension Cluster {
    /// Starts connecting to every host that is to be used, and waits until each has been tried.
    func connectMembers() async {
        let wanted = order.filter { isWanted($0) }
        await withTaskGroup(of: Void.self) { group in
            for id in wanted {
                group.addTask { await self.connectFirst(id) }
            }
        }
        for id in wanted { ensureConnections(id) }
    }

    private func isWanted(_ id: UUID) -> Bool {
        guard let member = members[id] else { return false }
        return member.host.datacenter == localDatacenter || configuration.usesRemoteDatacenters
    }

    private func connectFirst(_ id: UUID) async {
        for _ in 0..<max(1, configuration.connectionsPerHost) {
            guard await connectOnce(id) else { return }
        }
    }

    /// One attempt; false where it failed or nothing is to be done.
    private func connectOnce(_ id: UUID) async -> Bool {
        guard !isClosed, let member = members[id], isWanted(id),
            member.connections.count < max(1, configuration.connectionsPerHost)
        else { return false }
        do {
            let connection = try await HostConnection.connect(
                to: member.host.endpoint, settings: configuration.handshake(keyspace: configuration.keyspace),
                tls: configuration.tls, on: loop, timeout: configuration.connectTimeout,
                onClose: { [weak self, record] connection, error in
                    record(.closed(connection.counters))
                    Task { [weak self] in await self?.lost(connection, of: id, error) }
                })
            guard !isClosed, members[id] != nil else {
                await connection.close()
                return false
            }
            // It may have been lost before it was known here.
            guard connection.isOpen else { return false }
            members[id]?.connections.append(connection)
            members[id]?.failure = nil
            publishTable()
            return true
        } catch {
            members[id]?.failure = error as? CQLError ?? CQLError(.connection, "\(error)")
            publishTable()
            return false
        }
    }

    private func lost(_ connection: HostConnection, of id: UUID, _ error: CQLError) {
        guard !isClosed, var member = members[id] else { return }
        member.connections.removeAll { $0 === connection }
        if member.connections.isEmpty { member.failure = error }
        members[id] = member
        publishTable()
        ensureConnections(id)
    }

    /// Connects until the host has as many connections as it should, waiting longer after each failure.
    func ensureConnections(_ id: UUID) {
        guard !isClosed, let member = members[id], isWanted(id), member.connecting == nil,
            member.connections.count < max(1, configuration.connectionsPerHost)
        else { return }
        members[id]?.connecting = Task { [weak self, configuration] in
            var backoff = Backoff(configuration)
            while !Task.isCancelled, let progress = await self?.progress(id) {
                switch progress {
                case .complete: return
                case .connected: backoff = Backoff(configuration)
                case .failed: await self?.pause(id, backoff.next())
                }
            }
        }
    }

    /// Waits, or less where there is word that the host is up.
    private func pause(_ id: UUID, _ duration: Duration) async {
        let pause = Task { _ = try? await Task.sleep(for: duration) }
        members[id]?.pause = pause
        await withTaskCancellationHandler {
            await pause.value
        } onCancel: {
            pause.cancel()
        }
    }

    private enum Progress { case complete, connected, failed }

    private func progress(_ id: UUID) async -> Progress {
        let isConnected = await connectOnce(id)
        if isConnected { record(.reconnected) }
        guard !isClosed, let member = members[id], isWanted(id),
            member.connections.count < max(1, configuration.connectionsPerHost)
        else {
            // Nothing may come between this and the end of the task, or a loss would go unseen.
            if !Task.isCancelled { members[id]?.connecting = nil }
            return .complete
        }
        return isConnected ? .connected : .failed
    }

    /// Tries to connect at once: there is word that the host is up.
    func wake(_ id: UUID) {
        ensureConnections(id)
        members[id]?.pause?.cancel()
    }
}

/// Waits that double, each shortened by chance, so that many clients do not come at the same moment.
struct Backoff {
    private var delay: Duration
    private let maximum: Duration

    init(_ configuration: SessionConfiguration) {
        delay = configuration.reconnectionDelay
        maximum = configuration.maximumReconnectionDelay
    }

    /// The next wait.
    mutating func next() -> Duration {
        let current = min(delay, maximum)
        delay = min(delay * 2, maximum)
        return current * Double.random(in: 0.5...1)
    }
}
