import IMAPCore
import MailIndex
import MailSearch

/// Tells which listed mailbox is which of the index, so that a renamed one is not fetched again.
public struct MailboxMatcher: Sendable {
    /// What to do with one mailbox.
    public enum Match: Hashable, Sendable {
        /// It is known by this name.
        case keep(MailboxID, MailboxInfo)
        /// It was known by another name.
        case rename(MailboxID, MailboxInfo)
        case add(MailboxInfo)
        /// The server has it no more, or it is no longer to be read.
        case remove(MailboxID)
    }

    /// What the index has of a mailbox, as far as it counts here.
    public struct Known: Hashable, Sendable {
        public var id: MailboxID
        public var name: String
        public var objectID: String?
        public var cursor: MailboxCursor?

        public init(id: MailboxID, name: String, objectID: String? = nil, cursor: MailboxCursor? = nil) {
            self.id = id
            self.name = name
            self.objectID = objectID
            self.cursor = cursor
        }
    }

    public init() {}

    /// The same mailboxes, without MAILBOXIDs that several of them bear: those say nothing.
    static func withoutDoubledIDs(_ listed: [MailboxInfo]) -> [MailboxInfo] {
        var counts: [String: Int] = [:]
        for info in listed { if let id = info.objectID { counts[id, default: 0] += 1 } }
        return listed.map { info in
            guard let id = info.objectID, counts[id] != 1 else { return info }
            var info = info
            info.mailboxID = nil
            info.status?.mailboxID = nil
            return info
        }
    }

    /// - Parameters:
    ///   - listed: the mailboxes that are to be read.
    ///   - indexed: what the index has of the account.
    public func match(listed: [MailboxInfo], indexed: [Known]) -> [Match] {
        var left: [String: Known] = [:]
        for mailbox in indexed { left[mailbox.name] = mailbox }
        var matches: [Match] = []
        var unknown: [MailboxInfo] = []
        for info in listed {
            guard let mailbox = left[info.name.name] else {
                unknown.append(info)
                continue
            }
            // Another mailbox under an old name: made anew, or two that changed names.
            if let told = info.objectID, let known = mailbox.objectID, told != known {
                unknown.append(info)
                continue
            }
            left[info.name.name] = nil
            matches.append(.keep(mailbox.id, info))
        }
        var additions: [Match] = []
        for info in unknown {
            if let former = former(of: info, among: left.values) {
                left[former.name] = nil
                additions.append(.rename(former.id, info))
            } else {
                additions.append(.add(info))
            }
        }
        // Names are free only when those who bear them have gone.
        let removals = left.values.sorted { $0.name < $1.name }.map { Match.remove($0.id) }
        return matches + removals + additions
    }

    /// By MAILBOXID; else by all four numbers of STATUS together, which two mailboxes share only if both are empty.
    private func former(
        of info: MailboxInfo, among left: Dictionary<String, Known>.Values
    ) -> Known? {
        if let told = info.objectID { return left.first { $0.objectID == told } }
        guard let status = info.status, let validity = status.uidValidity, let next = status.uidNext,
            let messages = status.messages, messages > 0, let modSeq = status.highestModSeq, modSeq.rawValue > 0
        else { return nil }
        let candidates = left.filter { mailbox in
            guard let cursor = mailbox.cursor else { return false }
            return cursor.uidValidity == validity.rawValue && cursor.uidNext == next.rawValue
                && cursor.serverCount == messages && cursor.highestModSeq == modSeq.rawValue
        }
        return candidates.count == 1 ? candidates.first : nil
    }
}

extension MailboxMatcher.Known {
    init(_ mailbox: MailSearch.MailboxStatus) {
        self.init(id: mailbox.id, name: mailbox.name, objectID: mailbox.objectID, cursor: mailbox.cursor)
    }
}

extension MailboxInfo {
    /// MAILBOXID (RFC 8474), whichever response told it.
    var objectID: String? { mailboxID ?? status?.mailboxID }

    /// The mailbox as the index describes it.
    var indexDescription: MailboxDescription {
        MailboxDescription(
            name: name.name, wireName: name.wireBytes, delimiter: delimiter.map(String.init),
            attributes: attributes.map(\.rawValue).sorted(), objectID: objectID)
    }
}
