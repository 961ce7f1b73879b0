import IMAPClient
import IMAPCore
import Logging
import MailIndex
import MailSearch
import NIOCore

/// All accounts of a configuration side by side: each has its own connections and its own delays, so that one that fails
/// slows no other.
public final class SyncEngine: Sendable {
    /// How one account's synchronisation went.
    public struct AccountResult: Sendable {
        public var account: String
        public var totals: SyncTotals
        /// Nil: it went well.
        public var error: (any Error)?

        /// One line for the user; nil: it went well.
        public var message: String? { error.map(AccountSynchronizer.describe) }
    }

    /// The account that imported mail stands under; no server's.
    static let importAccount = "local"

    public let configuration: Configuration
    public let environment: SyncEnvironment
    /// In the configuration's order.
    public let synchronizers: [AccountSynchronizer]

    public init(configuration: Configuration, environment: SyncEnvironment) {
        self.configuration = configuration
        var environment = environment
        environment.extract = configuration.extract
        environment.connections = ConnectionBudget(
            limit: environment.mostConnections, accounts: configuration.accounts.count)
        self.environment = environment
        let complete = environment
        synchronizers = configuration.accounts.map {
            AccountSynchronizer(configuration: $0, environment: complete)
        }
    }

    /// The names of accounts that the index holds and the configuration no longer names; imported mail is none of them.
    public func forgottenAccounts() throws -> [String] {
        let named = Set(configuration.accounts.map(\.name))
        return try environment.store.status().accounts.map(\.name).filter {
            !named.contains($0) && $0 != SyncEngine.importAccount
        }
    }

    /// Takes accounts out of the index: their places go, messages stay where another mailbox holds them.
    public func removeAccounts(_ names: [String]) async throws {
        for account in try environment.store.status().accounts where names.contains(account.name) {
            environment.logger.notice(
                "account is no longer configured; removing its mail from the index",
                metadata: ["account": .string(account.name)])
            try await environment.store.removeAccount(account.id, now: environment.now())
            environment.indexChanged()
        }
    }

    /// Synchronises these accounts once (all for none named), side by side. Never throws for what one account meets.
    public func syncOnce(
        accounts names: [String] = [], progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws -> [AccountResult] {
        let chosen = try synchronizers(named: names)
        return await withTaskGroup(of: (Int, AccountResult).self) { group in
            for (number, synchronizer) in chosen.enumerated() {
                group.addTask {
                    let name = synchronizer.configuration.name
                    let before = synchronizer.totals
                    do {
                        try await synchronizer.syncOnce(progress: progress)
                        return (number, AccountResult(account: name, totals: synchronizer.totals - before, error: nil))
                    } catch {
                        return (
                            number, AccountResult(account: name, totals: synchronizer.totals - before, error: error)
                        )
                    }
                }
            }
            var results: [(Int, AccountResult)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Stays, for all accounts, until cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for synchronizer in synchronizers { group.addTask { await synchronizer.run() } }
        }
    }

    /// Asks running accounts (all for none named) to look at all their mailboxes now; returns when they have.
    public func refresh(accounts names: [String] = []) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for synchronizer in try synchronizers(named: names) {
                group.addTask {
                    do {
                        try await synchronizer.refresh()
                    } catch {
                        let name = synchronizer.configuration.name
                        throw ServiceError(
                            .operationFailed, "account \(name): \(AccountSynchronizer.describe(error))",
                            underlying: error)
                    }
                }
            }
            // All of them are waited for, also where one fails.
            var failure: (any Error)?
            while let result = await group.nextResult() {
                if case .failure(let error) = result { failure = failure ?? error }
            }
            if let failure { throw failure }
        }
    }

    /// The message as its sender sent it, from the first of its places whose server still has it.
    public func rawMessage(_ email: Email) async throws -> [UInt8] {
        var failure: (any Error)?
        for place in email.places {
            guard let synchronizer = synchronizers.first(where: { $0.configuration.name == place.account }) else {
                continue
            }
            do {
                if let bytes = try await synchronizer.rawMessage(place) { return bytes }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        throw ServiceError(
            .operationFailed,
            "no server has the message any more: it was moved or removed since the last synchronisation")
    }

    func synchronizers(named names: [String]) throws -> [AccountSynchronizer] {
        let chosen = try configuration.accounts(named: names).map(\.name)
        return chosen.compactMap { name in synchronizers.first { $0.configuration.name == name } }
    }
}

extension AccountSynchronizer {
    /// One message whole; nil where it is not there any more.
    func rawMessage(_ place: EmailPlace) async throws -> [UInt8]? {
        guard let uid = UID(rawValue: place.uid) else { return nil }
        return try await connect(try await freshCredentials(), for: .asking) { connection in
            let selected = try await connection.examine(MailboxName(place.mailbox))
            guard selected.uidValidity?.rawValue == place.uidValidity else { return nil }
            var bytes: [UInt8]?
            _ = try await connection.fetch([UIDSet(uid)], [.uid, .body(.full)]) { response in
                if response.uid == uid, let buffer = response.bytes(of: .full) {
                    bytes = Array(buffer.readableBytesView)
                }
            }
            return bytes
        }
    }
}

extension SyncTotals {
    static func - (after: SyncTotals, before: SyncTotals) -> SyncTotals {
        var difference = after
        difference.fetched -= before.fetched
        difference.octets -= before.octets
        difference.attachmentOctets -= before.attachmentOctets
        difference.relocated -= before.relocated
        difference.removed -= before.removed
        difference.flagChanges -= before.flagChanges
        difference.incomplete -= before.incomplete
        difference.opened -= before.opened
        difference.unchanged -= before.unchanged
        return difference
    }
}
