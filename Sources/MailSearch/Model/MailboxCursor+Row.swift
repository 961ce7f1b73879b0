extension MailboxCursor {
    /// From columns uid_validity, uid_next, highest_modseq, backfilled_down_to, server_count; nil where none was set.
    package init?(_ mailbox: MailboxID, _ row: SQLStatement, from start: Int32) {
        guard let uidValidity = row.optionalInteger(start), let uidNext = row.optionalInteger(start + 1) else {
            return nil
        }
        self.init(
            mailbox: mailbox, uidValidity: UInt32(truncatingIfNeeded: uidValidity),
            uidNext: UInt32(truncatingIfNeeded: uidNext),
            highestModSeq: row.optionalInteger(start + 2).map { UInt64(bitPattern: $0) },
            backfilledDownTo: row.optionalInteger(start + 3).map { UInt32(truncatingIfNeeded: $0) },
            serverCount: row.optionalInteger(start + 4).map { Int(truncatingIfNeeded: $0) })
    }
}
