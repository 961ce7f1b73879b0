import IMAPClient
import IMAPCore
import MailIndex
import MailSearch

extension SyncEngine {
    /// Many messages whole, over one connection an account, each handed on as it comes; in no promised order.
    ///
    /// A message that stands in several mailboxes is asked for in one of them, and in the next where it has gone from
    /// there. Returns those that no server gave, and what the last server that failed said.
    ///
    /// - Parameter each: what it throws ends the fetching and is thrown on.
    public func rawMessages(
        _ emails: [Email], _ each: (Email, [UInt8]) async throws -> Void
    ) async throws -> (missing: [Email], failure: (any Error)?) {
        var missing = Dictionary(emails.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var failure: (any Error)?
        for synchronizer in synchronizers {
            let account = synchronizer.configuration.name
            let here = missing.values.filter { email in email.places.contains { $0.account == account } }
            if here.isEmpty { continue }
            var got: [EmailID] = []
            var consumerFailure: (any Error)?
            do {
                try await synchronizer.rawMessages(here, of: account) { email, bytes in
                    do {
                        try await each(email, bytes)
                    } catch {
                        consumerFailure = error
                        throw error
                    }
                    got.append(email.id)
                }
            } catch {
                if let consumerFailure { throw consumerFailure }
                try Task.checkCancellation()
                failure = error
            }
            for id in got { missing[id] = nil }
        }
        return (emails.filter { missing[$0.id] != nil }, failure)
    }
}

extension AccountSynchronizer {
    fileprivate func rawMessages(
        _ emails: [Email], of account: String, _ each: (Email, [UInt8]) async throws -> Void
    ) async throws {
        var wanted: [String: [UInt32: (place: EmailPlace, email: Email)]] = [:]
        for email in emails {
            for place in email.places where place.account == account {
                wanted[place.mailbox, default: [:]][place.uid] = (place, email)
            }
        }
        let credentials = try await freshCredentials()
        try await connect(credentials, for: .asking) { connection in
            var got: Set<EmailID> = []
            for (mailbox, entries) in wanted.sorted(by: { $0.key < $1.key }) {
                let open = entries.values.filter { !got.contains($0.email.id) }
                if open.isEmpty { continue }
                let selected = try await connection.examine(MailboxName(mailbox))
                // Other numbers than those known: its messages may be others.
                guard let validity = selected.uidValidity?.rawValue else { continue }
                var uids = UIDSet()
                for entry in open where entry.place.uidValidity == validity {
                    if let uid = UID(rawValue: entry.place.uid) { uids.insert(uid) }
                }
                if uids.isEmpty { continue }
                _ = try await connection.fetch(uids.windows(of: 50, newestFirst: true), [.uid, .body(.full)]) {
                    response in
                    guard let uid = response.uid, let entry = entries[uid.rawValue],
                        !got.contains(entry.email.id), let buffer = response.bytes(of: .full)
                    else { return }
                    got.insert(entry.email.id)
                    try await each(entry.email, Array(buffer.readableBytesView))
                }
            }
        }
    }
}
