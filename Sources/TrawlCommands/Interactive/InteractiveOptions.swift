import MailIndex
import MailSearch

/// What the screen is opened with.
struct InteractiveOptions: Sendable {
    /// The folder of the index.
    var dataFolder: String
    var query = ""
    var savedQueries: [String: String] = [:]
    /// The accounts' users, for `from:me`.
    var users: [String] = []
    var usesColor = true
    /// A message's octets as they were sent, for mail readers.
    var rawMessage: @Sendable (Email, IndexStore) async throws -> [UInt8]
}
