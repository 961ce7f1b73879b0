import Foundation
import Synchronization

/// A private Cyrus or Courier on loopback, from Debian's packages unpacked beside one another (`scripts/servers`); ended by
/// `stop()` or with the test process.
///
/// Needs root: Cyrus drops its privileges, and Courier gets its fixed places in a mount namespace of its own.
public final class UnpackedServer: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case cyrus
        case courier
    }

    public let kind: Kind
    public let host = "127.0.0.1"
    public let plainPort: Int
    public let tlsPort: Int
    public let user: DovecotServer.User
    public let certificates: TestCertificates
    public let folder: TemporaryFolder
    private let process = Mutex<Process?>(nil)
    private let lifeline = Mutex<Pipe?>(nil)

    /// Why it cannot run here, or nil where it can.
    public static var reasonToSkip: String? {
        geteuid() == 0 ? nil : "Cyrus and Courier need root to run in folders of their own"
    }

    /// Starts it with one user and an INBOX, and returns when it accepts connections.
    public init(_ kind: Kind, password: String = "secret-of-ana") throws {
        self.kind = kind
        user = DovecotServer.User("ana", password: password)
        folder = try TemporaryFolder("trawl-\(kind.rawValue)", othersMayEnter: true)
        certificates = try TestCertificates(in: folder.path)
        plainPort = Int(try LoopbackSocket.freePort())
        tlsPort = Int(try LoopbackSocket.freePort())
        try start()
    }

    deinit {
        stop()
    }

    /// What the server and its start wrote.
    public var log: String {
        (try? String(contentsOfFile: folder.path("server.log"), encoding: .utf8)) ?? ""
    }

    /// Ends it and all its sessions, and waits till it is gone.
    public func stop() {
        let lifeline = self.lifeline.withLock { held in
            let pipe = held
            held = nil
            return pipe
        }
        try? lifeline?.fileHandleForWriting.close()
        let process = self.process.withLock { held in
            let running = held
            held = nil
            return running
        }
        process?.waitUntilExit()
    }

    private func start() throws {
        let scripts = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("scripts/servers").path
        let process = Process()
        let lifeline = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The shell's stdin ends when the test process does, however it dies; the server ends with it.
        process.arguments = [
            "-c",
            """
            log=$1; shift
            "$0" "$@" </dev/null >>"$log" 2>&1 &
            server=$!
            read -r _
            kill $server 2>/dev/null
            wait $server
            """, "\(scripts)/\(kind.rawValue)", folder.path("server.log"), folder.path("server"), "\(plainPort)",
            "\(tlsPort)", certificates.serverCertificate, certificates.serverKey, "\(user.name):\(user.password)",
        ]
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runWithSignals()
        self.process.withLock { $0 = process }
        self.lifeline.withLock { $0 = lifeline }
        // `scripts/test` has unpacked the packages before.
        for _ in 0..<400 where process.isRunning {
            if greets() {
                // Cyrus makes an account's INBOX when its user logs in for the first time.
                if kind == .cyrus { logIn() }
                return
            }
            usleep(50_000)
        }
        let log = self.log
        stop()
        throw TestSupportError("\(kind.rawValue) did not start: \(log)")
    }

    private func greets() -> Bool {
        guard let socket = try? LoopbackSocket.connected(port: UInt16(plainPort)) else { return false }
        defer { socket.close() }
        return String(decoding: socket.read(), as: UTF8.self).hasPrefix("* OK")
    }

    private func logIn() {
        guard let socket = try? LoopbackSocket.connected(port: UInt16(plainPort)) else { return }
        defer { socket.close() }
        _ = socket.read()
        let secret = Data("\0\(user.name)\0\(user.password)".utf8).base64EncodedString()
        socket.write(Array("a AUTHENTICATE PLAIN \(secret)\r\n".utf8))
        _ = socket.read()
        // LIST is answered only when the mailboxes of the account are there.
        socket.write(Array("b LIST \"\" \"*\"\r\nc LOGOUT\r\n".utf8))
        var answer = ""
        while true {
            let bytes = socket.read()
            if bytes.isEmpty { break }
            answer += String(decoding: bytes, as: UTF8.self)
            if answer.contains("\r\nc ") { break }
        }
    }
}
