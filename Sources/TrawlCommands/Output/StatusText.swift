import MailIndex
import MailSearch
import TrawlService
import Presentation

/// What the index holds, for people.
enum StatusText {
    static func coverage(_ mailbox: MailboxStatus) -> String {
        if mailbox.isComplete { return "" }
        guard let total = mailbox.cursor?.serverCount, total > 0 else { return "not indexed yet" }
        let percent = Int(StatusJSON.coverage(of: mailbox) * 100)
        return "\(percent)% of \(total)"
    }

    static func size(_ octets: Int64) -> String {
        if octets < 1000 { return "\(octets) B" }
        var value = Double(octets)
        for unit in ["kB", "MB", "GB"] {
            value /= 1000
            if value < 999.5 || unit == "GB" {
                let text = value < 9.95 ? "\(Int((value * 10).rounded()))" : "\(Int(value.rounded()))"
                return value < 9.95
                    ? "\(text.dropLast().isEmpty ? "0" : text.dropLast()).\(text.suffix(1)) \(unit)" : "\(text) \(unit)"
            }
        }
        return "\(octets) B"
    }

    static func write(_ status: IndexStatus, data: String, now: Int64, style: Style, to output: inout Output) {
        let dates = DateText(now: now)
        let completeness = status.isComplete ? "complete" : style.warning("not complete yet")
        output.line(
            "\(status.messageCount) messages, \(size(status.bytes)), \(completeness)  (\(TerminalText.line(data)))")
        for account in status.accounts {
            output.line("")
            var line = style.heading(TerminalText.line(account.name))
            if !account.state.isEmpty { line += "  \(TerminalText.line(account.state))" }
            if let at = account.lastSyncAt { line += "  synchronised \(dates.ago(at))" }
            output.line(line)
            if let error = account.lastError, !error.isEmpty {
                let when = account.lastErrorAt.map { " (for \(dates.age($0)) now)" } ?? ""
                output.line("  \(style.bad(TerminalText.line(error)))\(when)")
            }
            var table = TextTable([.left, .right, .right, .left, .left])
            for mailbox in account.mailboxes {
                let error = mailbox.lastError.flatMap { $0.isEmpty ? nil : $0 } ?? ""
                table.add([
                    "  " + mailbox.name, "\(mailbox.messageCount) messages", "\(mailbox.unseenCount) unread",
                    coverage(mailbox), error,
                ])
            }
            for (line, mailbox) in zip(table.lines(), account.mailboxes) {
                _ = mailbox
                output.line("  " + line)
            }
        }
    }

    /// Prometheus' text format, version 0.0.4.
    static func writePrometheus(_ status: IndexStatus, now: Int64, to output: inout Output) {
        func label(_ text: String) -> String {
            var result = ""
            for character in TerminalText.line(text) {
                if character == "\\" || character == "\"" { result.append("\\") }
                result.append(character)
            }
            return result
        }
        func header(_ name: String, _ help: String, _ output: inout Output) {
            output.line("# HELP \(name) \(help)")
            output.line("# TYPE \(name) gauge")
        }
        header("trawl_messages", "Messages in the index.", &output)
        output.line("trawl_messages \(status.messageCount)")
        header("trawl_index_bytes", "Octets of the index's files.", &output)
        output.line("trawl_index_bytes \(status.bytes)")
        header("trawl_index_complete", "1 where all mailboxes are wholly indexed.", &output)
        output.line("trawl_index_complete \(status.isComplete ? 1 : 0)")
        header("trawl_account_sync_lag_seconds", "Seconds since the account's last synchronisation.", &output)
        for account in status.accounts {
            guard let at = account.lastSyncAt else { continue }
            output.line("trawl_account_sync_lag_seconds{account=\"\(label(account.name))\"} \(max(0, now - at))")
        }
        header("trawl_account_error", "1 where the account's last synchronisation failed.", &output)
        for account in status.accounts {
            let hasError = account.lastError.map { !$0.isEmpty } ?? false
            output.line("trawl_account_error{account=\"\(label(account.name))\"} \(hasError ? 1 : 0)")
        }
        let gauges: [(String, String, (MailboxStatus) -> String)] = [
            ("trawl_mailbox_messages", "Messages of the mailbox in the index.", { "\($0.messageCount)" }),
            ("trawl_mailbox_unread", "Unread messages of the mailbox.", { "\($0.unseenCount)" }),
            (
                "trawl_mailbox_coverage", "The indexed part of the mailbox, 0 to 1.",
                { "\(StatusJSON.coverage(of: $0))" }
            ),
        ]
        for (name, help, value) in gauges {
            header(name, help, &output)
            for account in status.accounts {
                for mailbox in account.mailboxes {
                    output.line(
                        "\(name){account=\"\(label(account.name))\",mailbox=\"\(label(mailbox.name))\"} \(value(mailbox))"
                    )
                }
            }
        }
    }
}
