import Logging
import MailIndex
import MailSearch
import TrawlService
import Presentation

/// A message's octets as its sender sent them.
enum RawMessage {
    /// From the file that it was imported from, else from a server that holds it.
    static func fetch(_ email: Email, in store: IndexStore, paths: Paths) async throws -> [UInt8] {
        if let bytes = ImportedMail(data: paths.data).raw(email) { return bytes }
        if email.places.allSatisfy({ $0.account == MailImport.account }) {
            throw ServiceError(.fileUnusable, "the file that message \(email.id) was imported from is no more")
        }
        let configuration = try Configuration.load(paths)
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .critical) }
        let engine = SyncEngine(
            configuration: configuration, environment: SyncEnvironment(store: store, logger: logger))
        do {
            return try await engine.rawMessage(email)
        } catch {
            throw ServiceError(.operationFailed, AccountSynchronizer.describe(error), underlying: error)
        }
    }
}
