import IMAPCore

extension IMAPConnection {
    /// Sends one command and waits for its answer. NO and BAD are thrown.
    func perform(_ command: Command) async throws -> CommandResult {
        let answer = Answer<CommandResult>()
        core.submit(Request(command, .whole(answer)))
        let result = try await answer.value()
        switch result.status {
        case .ok: return result
        case .no, .bad: throw Self.error(command.name, result)
        }
    }

    /// Servers without RFC 5530's codes (Dovecot's EXAMINE among them) say it in words alone.
    private static func saysMailboxIsMissing(_ words: String) -> Bool {
        let words = words.lowercased()
        return [
            "mailbox doesn't exist", "mailbox does not exist", "no such mailbox", "unknown mailbox",
            "mailbox not found",
        ]
        .contains { words.contains($0) }
    }

    /// A refused command in words.
    static func error(_ name: String, _ result: CommandResult) -> IMAPError {
        let words = AuthenticationAdvice.printable(result.text.text)
        let code: IMAPError.Code
        switch result.text.code {
        case .nonExistent?, .tryCreate?: code = .nonExistent
        case .noPerm?, .cannot?: code = .noPermission
        case .unavailable?, .serverBug?, .corruption?: code = .unavailable
        case .limit?: code = .limit
        case .inUse?: code = .inUse
        default: code = result.status == .bad ? .bad : saysMailboxIsMissing(words) ? .nonExistent : .no
        }
        let verb = result.status == .bad ? "does not understand" : "refuses"
        return IMAPError(
            code, "the server \(verb) \(name)\(words.isEmpty ? "" : ": \(words)")", responseCode: result.text.code)
    }
}
