/// Who `me` is in a query: the accounts' users, and whoever the mail that is kept as sent is from.
enum OwnAddresses {
    /// So many of the newest messages of each mailbox of sent mail are looked at.
    static let mostSent: Int64 = 500
    /// So many of an address's newest messages are looked at.
    static let mostOfAddress: Int64 = 100
    /// Addresses that sent mail adds, the commonest first.
    static let mostAddresses = 32

    /// The bits of `participant.roles` for columns of the text index.
    static func roles(_ columns: TextColumns) -> Int {
        (columns.contains(.from) ? 1 : 0) | (columns.contains(.to) ? 2 : 0) | (columns.contains(.cc) ? 4 : 0)
            | (columns.contains(.bcc) ? 8 : 0)
    }

    /// Lower-case addresses from which mail was sent, the commonest first.
    ///
    /// Mail of others can stand among sent mail, redirected or filed there by hand. So an address counts only if at
    /// least half of what is from it is sent mail.
    static func sending(in db: SQLiteDatabase) throws -> [String] {
        let mailboxes = try MailboxDirectory(db).matching(NamePattern("sent")).map(\.id)
        guard !mailboxes.isEmpty else { return [] }
        var counts: [String: Int] = [:]
        for mailbox in mailboxes {
            let senders = try db.texts(
                """
                SELECT address.email FROM (
                    SELECT message_id FROM place WHERE mailbox_id = ? ORDER BY message_id DESC LIMIT ?
                ) JOIN message ON message.id = message_id JOIN address ON address.id = message.sender_id
                """, .integer(mailbox), .integer(mostSent))
            for sender in senders { counts[sender, default: 0] += 1 }
        }
        let isSent =
            "EXISTS (SELECT 1 FROM place WHERE \(SQLCondition.numbers("mailbox_id", mailboxes)) AND message_id = m)"
        return try counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(mostAddresses).map(\.key).filter {
            try db.integer(
                """
                SELECT 2 * sum(\(isSent)) >= count(*) FROM (
                    SELECT message_id AS m FROM participant
                    WHERE address_id = (SELECT id FROM address WHERE email = ?) AND roles & 1
                    ORDER BY message_id DESC LIMIT ?
                )
                """, .text($0), .integer(mostOfAddress)) == 1
        }
    }
}

extension IndexReading {
    /// Who `me` is in a query, in lower case: those of the accounts' users that are addresses, and the addresses that
    /// what is `in:sent` is from. Empty where there are no accounts.
    ///
    /// - Parameter users: the accounts' names at their servers.
    public func ownAddresses(users: [String]) throws -> [String] {
        guard !users.isEmpty else { return [] }
        var addresses: [String] = []
        let named = users.map { $0.lowercased() }.filter { user in
            let parts = user.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
        }
        for address in try named + read({ try OwnAddresses.sending(in: $0) }) where !addresses.contains(address) {
            addresses.append(address)
        }
        return addresses
    }
}
