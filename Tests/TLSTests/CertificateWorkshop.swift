import Foundation

/// A small authority of the tests' own, made by the `openssl` command in a temporary folder: each certificate shows one
/// thing that can be right or wrong with a server.
final class CertificateWorkshop: Sendable {
    struct Identity: Sendable {
        let certificate: String
        let key: String
    }

    let folder: URL
    /// The authority's certificate: what a client's `ca-file` names.
    var authority: String { path("ca.pem") }
    /// For `localhost` and 127.0.0.1.
    var good: Identity { identity("good") }

    /// Makes the authority, and the good server certificate.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("trawl-ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
            "-subj", "/O=Trawl tests/CN=Trawl test authority", "-keyout", "ca.key", "-out", "ca.pem",
        ])
        _ = try issue("good", names: "DNS:localhost,IP:127.0.0.1")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A certificate by the authority. `days` may be negative: it is expired then.
    func issue(_ name: String, names: String, days: Int = 365, usage: String = "serverAuth") throws -> Identity {
        try "subjectAltName=\(names)\nextendedKeyUsage=\(usage)\n"
            .write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        try openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/O=Trawl tests/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr",
        ])
        try openssl([
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
            "\(UInt32.random(in: 1...UInt32.max))", "-days",
            "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem",
        ])
        return identity(name)
    }

    /// A certificate that vouches for itself.
    func selfSigned(_ name: String, names: String) throws -> Identity {
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365", "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-keyout", "\(name).key", "-out", "\(name).pem",
        ])
        return identity(name)
    }

    private func identity(_ name: String) -> Identity {
        Identity(certificate: path("\(name).pem"), key: path("\(name).key"))
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw WorkshopError(message: "openssl \(arguments.joined(separator: " "))")
        }
    }
}

struct WorkshopError: Error {
    var message: String
}
