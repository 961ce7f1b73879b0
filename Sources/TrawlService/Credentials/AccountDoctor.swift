import IMAPClient
import IMAPCore
import Logging

/// Goes the way to an account's mail step by step: its password or token, and all that `IMAPDoctor` tries.
public struct AccountDoctor: Sendable {
    /// One step, and what came of it.
    public struct Finding: Sendable {
        public var outcome: IMAPDoctor.Step.Outcome
        public var name: String
        public var milliseconds: Int
        /// One line. May hold what the server said.
        public var text: String
        /// Lines of particulars.
        public var facts: [String]
        /// The digest of the server's certificate where nothing vouches for it: what `certificate-sha256` pins.
        public var refusedCertificate: [UInt8]?
    }

    private let account: AccountConfiguration
    private let logger: Logger

    public init(_ account: AccountConfiguration, logger: Logger) {
        self.account = account
        self.logger = logger
    }

    /// Reports the steps in order. True where the account's mail can be read.
    ///
    /// - Parameter now: seconds since 1970.
    public func examine(now: Int64, _ report: (Finding) -> Void) async throws -> Bool {
        let began = ContinuousClock.now
        func finding(_ outcome: IMAPDoctor.Step.Outcome, _ text: String) -> Finding {
            Finding(
                outcome: outcome, name: "credentials", milliseconds: Self.milliseconds(ContinuousClock.now - began),
                text: text, facts: [])
        }
        let credentials: Credentials
        do {
            credentials = try await Credentials.fetch(for: account)
        } catch let error as ServiceError {
            report(finding(.failed, error.message))
            return false
        }
        report(finding(.passed, credentials.description))
        var settings = IMAPConfiguration()
        if account.allowPlaintext { settings.allowsPlaintextPasswords = true }
        let doctor = IMAPDoctor(
            server: IMAPServer(account), credentials: IMAPCredentials(credentials, mechanism: account.mechanism),
            configuration: settings, logger: logger)
        return try await doctor.examine(now: now) { step in
            report(
                Finding(
                    outcome: step.outcome, name: step.name.rawValue,
                    milliseconds: Self.milliseconds(step.duration), text: step.detail, facts: step.facts,
                    refusedCertificate: step.refusedCertificate))
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
