import IMAPCore

/// A finished command: how it ended, and the data that came for it.
struct CommandResult: Sendable {
    var status: CommandStatus
    var text: ResponseText
    var untagged: [UntaggedResponse]
}
