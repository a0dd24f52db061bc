internal import Network

extension Cluster {
    /// Does what the control connection's events ask for, and makes a new control connection when it is lost.
    static func follow(_ events: AsyncStream<ControlEvent>, _ cluster: Cluster?) async {
        for await event in events {
            guard let cluster, !Task.isCancelled else { return }
            switch event {
            case .event(let event): await cluster.handle(event)
            case .lost(let connection): await cluster.replaceControl(connection)
            }
        }
    }

    /// Now and then asks silent connections for a sign of life.
    static func keepAlive(_ cluster: Cluster?) async {
        guard let interval = cluster?.configuration.heartbeatInterval,
            let timeout = cluster?.configuration.connectTimeout
        else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            guard let cluster, !Task.isCancelled else { return }
            let connections = await cluster.allConnections
            await withTaskGroup(of: Void.self) { group in
                for connection in connections {
                    group.addTask { await connection.checkLife(interval: interval, timeout: timeout) }
                }
            }
        }
    }

    private var allConnections: [HostConnection] {
        members.values.flatMap(\.connections) + (control.map { [$0] } ?? [])
    }

    private func handle(_ event: Event) async {
        switch event {
        case .topologyChange: await refresh()
        case .statusChange(let change, let address, let port):
            // That a host is down is seen by its connections, and more surely.
            guard change == "UP" else { return }
            let endpoint = Endpoint(host: address.description, port: port)
            if let id = members.first(where: { $0.value.host.endpoint == endpoint })?.key {
                wake(id)
            } else {
                await refresh()
            }
        case .schemaChange(let change) where change.target == "KEYSPACE": await refreshKeyspaces()
        case .schemaChange, .unknown: break
        }
    }

    /// A failure here is seen as the loss of the control connection, or is put right by the next event.
    private func refresh() async {
        guard let control, !isClosed else { return }
        try? await learn(over: control)
        for id in order { ensureConnections(id) }
    }

    private func refreshKeyspaces() async {
        guard keyspaces != nil, let control, !isClosed else { return }
        guard
            let found = try? await TopologyQueries.replication(
                over: control, timeout: configuration.connectTimeout)
        else { return }
        guard found != keyspaces else { return }
        keyspaces = found
        spread()
        publishTable()
    }

    private func replaceControl(_ lost: HostConnection) async {
        guard control === lost, !isClosed else { return }
        control = nil
        var backoff = Backoff(configuration)
        while !isClosed, !Task.isCancelled {
            // Hosts that answer first, then those that were known at the start.
            let known = order.compactMap { members[$0] }.sorted { !$0.connections.isEmpty && $1.connections.isEmpty }
            var endpoints = known.map(\.host.endpoint)
            for endpoint in configuration.contactPoints where !endpoints.contains(endpoint) {
                endpoints.append(endpoint)
            }
            do {
                try await connectControl(to: endpoints)
                for id in order { ensureConnections(id) }
                return
            } catch {
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}
