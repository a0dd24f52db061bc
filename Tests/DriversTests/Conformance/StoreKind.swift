import Drivers
import Foundation
import Platform

/// The drivers that pass one conformance suite.
enum StoreKind: String, CaseIterable, Sendable {
    case memory
    case embedded

    /// Runs `body` with fresh stores, and closes them.
    func withStores(_ body: (Stores) async throws -> Void) async throws {
        switch self {
        case .memory:
            try await body(Stores.inMemory())
        case .embedded:
            let folder = try TemporaryFolder()
            let stores = try await DataDirectory(path: folder.path).stores()
            do {
                try await body(stores)
            } catch {
                await stores.close()
                throw error
            }
            await stores.close()
        }
    }
}
