import Logging
import MailIndex
import MailSearch
import TrawlService
import Presentation

extension RawMessage {
    /// Many messages whole: from the files that they were imported from, else over one connection an account. Returns
    /// how many could not be had; why is told on stderr.
    static func fetchAll(
        _ emails: [Email], in store: IndexStore, paths: Paths, _ each: (Email, [UInt8]) throws -> Void
    ) async throws -> Int {
        var remote: [Email] = []
        var missing = 0
        let imported = ImportedMail(data: paths.data)
        for email in emails {
            if let bytes = imported.raw(email) {
                try each(email, bytes)
            } else if email.places.allSatisfy({ $0.account == MailImport.account }) {
                Diagnostics.error("the file that message \(email.id) was imported from is no more")
                missing += 1
            } else {
                remote.append(email)
            }
        }
        guard !remote.isEmpty else { return missing }
        let configuration = try Configuration.load(paths)
        let logger = Logger(label: "trawl") { _ in SwiftLogNoOpLogHandler() }
        let engine = SyncEngine(
            configuration: configuration, environment: SyncEnvironment(store: store, logger: logger))
        let outcome = try await engine.rawMessages(remote) { try each($0, $1) }
        if let failure = outcome.failure {
            Diagnostics.error(TerminalText.line(AccountSynchronizer.describe(failure)))
        }
        return missing + outcome.missing.count
    }
}
