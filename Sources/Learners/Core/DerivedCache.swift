import Foundation

/// Values computed once under a key; concurrent callers of one key wait for the first.
public final class DerivedCache: @unchecked Sendable {
    private final class Entry: @unchecked Sendable {
        let lock = NSLock()
        var value: (any Sendable)?
    }

    private let lock = NSLock()
    private var entries: [String: Entry] = [:]

    /// An empty cache.
    public init() {}

    /// The value under `key`, computed by `make` where it is not there yet. One key always holds one type.
    public func value<Value: Sendable>(_ key: String, make: () throws -> Value) rethrows -> Value {
        let entry = lock.withLock {
            if let entry = entries[key] { return entry }
            let entry = Entry()
            entries[key] = entry
            return entry
        }
        return try entry.lock.withLock {
            if let value = entry.value as? Value { return value }
            let value = try make()
            entry.value = value
            return value
        }
    }

    /// The value under `key`, where it is there or being made.
    func known<Value: Sendable>(_ key: String, _ type: Value.Type) -> Value? {
        guard let entry = lock.withLock({ entries[key] }) else { return nil }
        return entry.lock.withLock { entry.value as? Value }
    }
}
