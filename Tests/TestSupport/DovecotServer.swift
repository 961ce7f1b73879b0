import Foundation
import Synchronization

/// A private Dovecot on loopback: own folder, ports, certificates and users, ended by `stop()` or with the test process.
///
/// Works as root (mail belongs to `nobody` then) and as any other user. Needs Debian's dovecot-imapd and openssl.
public final class DovecotServer: Sendable {
    public struct User: Sendable {
        public var name: String
        public var password: String

        public init(_ name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// What a test may want to be different.
    public struct Options: Sendable {
        public var users: [User] = [User("ana", password: "secret of ana"), User("ben", password: "ben \"quoted\" \\")]
        /// The whole list that CAPABILITY tells after login (`imap_capability`); nil: Dovecot's own.
        public var capability: String?
        /// Lines put at the end of the configuration.
        public var extraConfiguration = ""
        /// The hierarchy separator.
        public var separator = "/"

        public init() {}
    }

    /// What Dovecot 2.3 offers, to be cut down by tests of servers that know less.
    public static let fullCapability = """
        IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS \
        THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED \
        I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE \
        SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE
        """

    /// `fullCapability` without some of its words.
    public static func capability(without removed: String...) -> String {
        fullCapability.split(separator: " ").filter { !removed.contains(String($0)) }.joined(separator: " ")
    }

    /// Whether the programs that it needs are here.
    public static var isAvailable: Bool { isInstalled("dovecot") && isInstalled("openssl") }

    public let host = "127.0.0.1"
    public let users: [User]
    public let plainPort: Int
    public let tlsPort: Int
    public let certificates: TestCertificates
    public let folder: TemporaryFolder
    private let options: Mutex<Options>
    private let process = Mutex<Process?>(nil)
    private let lifeline = Mutex<Pipe?>(nil)

    /// Starts it and returns when it accepts connections.
    public init(_ options: Options = Options()) throws {
        users = options.users
        self.options = Mutex(options)
        folder = try TemporaryFolder("trawl-dovecot", othersMayEnter: true)
        certificates = try TestCertificates(in: folder.path)
        plainPort = Int(try LoopbackSocket.freePort())
        tlsPort = Int(try LoopbackSocket.freePort())
        for name in ["run", "log", "home"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        for user in users { try makeHome(of: user.name) }
        try writeConfiguration()
        try start()
    }

    deinit {
        stop()
    }

    /// The first user, for tests that need only one.
    public var user: User { users.first ?? User("ana", password: "secret of ana") }

    /// What Dovecot logged so far.
    public var log: String {
        (try? String(contentsOfFile: folder.path("log/dovecot.log"), encoding: .utf8)) ?? ""
    }

    /// The folder that holds a user's mail (a Maildir++; sub-folders start with a dot).
    public func maildir(of user: String) -> String {
        folder.path("home/\(user)/Maildir")
    }

    /// Starts it, after `stop()`, on the same ports with the same mail.
    public func start() throws {
        let process = Process()
        let lifeline = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The shell outlives neither Dovecot nor the tests: its stdin ends when the test process does, however it dies.
        process.arguments = [
            "-c",
            """
            PATH="$PATH:/usr/sbin"
            dovecot -F -c "$0" </dev/null >>"$1/log/start.log" 2>&1 &
            dovecot=$!
            read -r _
            kill $dovecot 2>/dev/null
            wait $dovecot
            """, folder.path("dovecot.conf"), folder.path,
        ]
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runWithSignals()
        self.process.withLock { $0 = process }
        self.lifeline.withLock { $0 = lifeline }
        for _ in 0..<500 {
            if (try? greets(port: plainPort)) == true,
                (try? LoopbackSocket.connected(port: UInt16(tlsPort)).close()) != nil
            {
                return
            }
            usleep(20_000)
        }
        let startLog = (try? String(contentsOfFile: folder.path("log/start.log"), encoding: .utf8)) ?? ""
        stop()
        throw TestSupportError("Dovecot did not start: \(startLog) \(log)")
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
        // Asked often: `waitUntilExit` may notice a second late.
        while process?.isRunning == true { usleep(5_000) }
    }

    /// Changes what CAPABILITY tells, and restarts the server: every session ends.
    public func setCapability(_ capability: String?) throws {
        try restart { $0.capability = capability }
    }

    /// Changes the hierarchy separator, and restarts the server: every mailbox within another has another name.
    public func setSeparator(_ separator: String) throws {
        try restart { $0.separator = separator }
    }

    private func restart(_ change: (inout Options) -> Void) throws {
        stop()
        options.withLock { change(&$0) }
        try writeConfiguration()
        try start()
    }

    /// Adds a user with an empty mailbox. Sessions go on.
    public func addUser(_ user: User) throws {
        try makeHome(of: user.name)
        let line = passwordLine(user)
        let file = folder.path("users")
        let held = try String(contentsOfFile: file, encoding: .utf8)
        try Data((held + line).utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, 0o644)
    }

    /// Puts a message into a mailbox as a delivery agent does: `tmp`, then renamed into `new`. No session is told by us.
    public func deliver(_ message: String, to user: String, mailbox: String = "INBOX") throws {
        let separator = options.withLock { $0.separator }
        var place = maildir(of: user)
        if mailbox != "INBOX" {
            place += "/." + mailbox.split(separator: Character(separator)).joined(separator: ".")
        }
        let name = "\(Int(Date().timeIntervalSince1970 * 1_000_000)).\(UInt32.random(in: 0...UInt32.max)).test"
        try Data(message.utf8).write(to: URL(fileURLWithPath: "\(place)/tmp/\(name)"))
        own("\(place)/tmp/\(name)")
        guard rename("\(place)/tmp/\(name)", "\(place)/new/\(name)") == 0 else {
            throw TestSupportError("cannot deliver into \(place): errno \(errno)")
        }
    }

    // MARK: Setting up

    private var isRoot: Bool { geteuid() == 0 }
    private static let nobody: uid_t = 65_534

    private func own(_ path: String) {
        if isRoot { chown(path, DovecotServer.nobody, gid_t(DovecotServer.nobody)) }
    }

    private func makeHome(of user: String) throws {
        let mail = maildir(of: user)
        for name in ["", "/cur", "/new", "/tmp"] {
            try FileManager.default.createDirectory(atPath: mail + name, withIntermediateDirectories: true)
            own(mail + name)
        }
        own(folder.path("home/\(user)"))
    }

    private func passwordLine(_ user: User) -> String {
        let owner = isRoot ? Int(DovecotServer.nobody) : Int(getuid())
        return "\(user.name):{PLAIN}\(user.password):\(owner):\(owner)::\(folder.path("home/\(user.name)"))::\n"
    }

    private func writeConfiguration() throws {
        try folder.write(users.map(passwordLine).joined(), to: "users", mode: 0o644)
        let options = options.withLock { $0 }
        let capability = options.capability.map { "imap_capability = \($0)" } ?? ""
        var accounts = ""
        if !isRoot {
            let name = NSUserName()
            accounts = """
                default_internal_user = \(name)
                default_login_user = \(name)
                default_internal_group = \(name)
                service anvil {
                  chroot =
                }
                """
        }
        try folder.write(
            """
            base_dir = \(folder.path("run"))
            log_path = \(folder.path("log/dovecot.log"))
            protocols = imap
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <\(certificates.serverCertificate)
            ssl_key = <\(certificates.serverKey)
            ssl_ca = <\(certificates.authority)
            disable_plaintext_auth = no
            auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
            auth_failure_delay = 0
            first_valid_uid = 1
            \(accounts)
            mail_location = maildir:~/Maildir
            mail_max_userip_connections = 200
            mail_attribute_dict = file:%h/Maildir/dovecot-attributes
            maildir_stat_dirs = yes
            namespace inbox {
              inbox = yes
              separator = \(options.separator)
              mailbox Junk {
                special_use = \\Junk
              }
              mailbox Trash {
                special_use = \\Trash
              }
              mailbox Sent {
                special_use = \\Sent
              }
              mailbox Drafts {
                special_use = \\Drafts
              }
            }
            passdb {
              driver = passwd-file
              args = scheme=PLAIN \(folder.path("users"))
            }
            userdb {
              driver = passwd-file
              args = \(folder.path("users"))
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = \(plainPort)
              }
              inet_listener imaps {
                port = \(tlsPort)
                ssl = yes
              }
            }
            service stats {
              unix_listener stats-writer {
                mode = 0666
              }
            }
            protocol imap {
              imap_metadata = yes
              \(capability)
            }
            \(options.extraConfiguration)

            """, to: "dovecot.conf", mode: 0o644)
    }

    /// True when the server answers with a greeting.
    private func greets(port: Int) throws -> Bool {
        let socket = try LoopbackSocket.connected(port: UInt16(port))
        defer { socket.close() }
        return String(decoding: socket.read(), as: UTF8.self).hasPrefix("* OK")
    }
}
