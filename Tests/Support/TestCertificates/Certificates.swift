internal import Foundation

/// Authorities and certificates made by `openssl` in a temporary folder.
public final class Certificates: Sendable {
    private let folder: URL

    /// The authority's file.
    public var authority: String { folder.appendingPathComponent("ca.pem").path }
    /// An authority that has signed nothing here.
    public var otherAuthority: String { folder.appendingPathComponent("other-ca.pem").path }

    /// Makes both authorities.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("network-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["ca", "other-ca"] {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).pem")
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The paths of a certificate for these names (`DNS:…`, `IP:…`) and of its key.
    public func make(_ name: String, for names: String, days: Int = 2) throws -> (certificate: String, key: String) {
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", "\(name).key", "-out", "\(name).csr")
        try "subjectAltName=\(names)".write(
            to: folder.appendingPathComponent("\(name).ext"), atomically: true, encoding: .utf8)
        try openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem")
        return (
            folder.appendingPathComponent("\(name).pem").path, folder.appendingPathComponent("\(name).key").path
        )
    }

    /// A file in the folder with this text.
    public func file(_ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CertificateFailure(description: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}

/// Why a certificate could not be made.
struct CertificateFailure: Error, CustomStringConvertible {
    let description: String
}
