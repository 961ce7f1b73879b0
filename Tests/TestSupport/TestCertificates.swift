import Foundation

/// A certificate authority of the test's own and certificates that it signed, made with the `openssl` command.
public struct TestCertificates: Sendable {
    /// The authority's certificate (PEM).
    public let authority: String
    /// Certificate and key (PEM) for localhost, 127.0.0.1 and ::1, signed by the authority.
    public let serverCertificate: String
    public let serverKey: String
    /// Certificate and key (PEM) of a client, signed by the authority.
    public let clientCertificate: String
    public let clientKey: String
    /// A certificate authority that signed none of these.
    public let strangersAuthority: String

    /// Makes them in `folder`.
    public init(in folder: String) throws {
        authority = "\(folder)/ca.pem"
        serverCertificate = "\(folder)/server.pem"
        serverKey = "\(folder)/server.key"
        clientCertificate = "\(folder)/client.pem"
        clientKey = "\(folder)/client.key"
        strangersAuthority = "\(folder)/stranger.pem"
        try TestCertificates.makeAuthority("Trawl's test authority", certificate: authority, key: "\(folder)/ca.key")
        try TestCertificates.makeAuthority(
            "A stranger's authority", certificate: strangersAuthority, key: "\(folder)/stranger.key")
        try sign("server", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", in: folder)
        try sign("client", "/CN=ana", "extendedKeyUsage=clientAuth", in: folder)
    }

    private static func makeAuthority(_ name: String, certificate: String, key: String) throws {
        try run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-subj", "/CN=\(name)", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign,cRLSign", "-keyout", key, "-out", certificate,
            ])
    }

    private func sign(_ name: String, _ subject: String, _ extensions: String, in folder: String) throws {
        try run(
            "openssl",
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject,
                "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).csr",
            ])
        try Data((extensions + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).ext"))
        try run(
            "openssl",
            [
                "x509", "-req", "-in", "\(folder)/\(name).csr", "-CA", authority, "-CAkey", "\(folder)/ca.key",
                "-CAcreateserial", "-days", "30", "-extfile", "\(folder)/\(name).ext", "-out", "\(folder)/\(name).pem",
            ])
    }
}
