import MailIndex

/// What the screen is opened with.
struct InteractiveOptions: Sendable {
    /// The folder of the index.
    var dataFolder: String
    var query = ""
    var savedQueries: [String: String] = [:]
    var usesColor = true
    /// A message's octets as they were sent, for mail readers; nil: they can't be had.
    var rawMessage: @Sendable (Email) async throws -> [UInt8]? = { _ in nil }
}
