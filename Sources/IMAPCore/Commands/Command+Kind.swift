extension Command {
    /// Of SELECT and EXAMINE.
    var selectParameters: SelectParameters? {
        if case .select(_, let parameters) = self { return parameters }
        if case .examine(_, let parameters) = self { return parameters }
        return nil
    }

    var selectsMailbox: Bool { selectParameters != nil }

    /// Of UID FETCH and FETCH.
    var fetchItems: [FetchItem]? {
        if case .uidFetch(_, let items, _) = self { return items }
        if case .fetch(_, let items, _) = self { return items }
        return nil
    }

    var copiesOrMoves: Bool {
        if case .uidCopy = self { return true }
        if case .uidMove = self { return true }
        return false
    }

    /// Whether it asks what was expunged before.
    var asksForVanished: Bool {
        if case .uidFetch(_, _, let modifiers) = self { return modifiers.vanished }
        return selectsMailbox
    }

    /// Whether a mailbox told by `kind` is an answer to it.
    func asksForList(_ kind: ListKind) -> Bool {
        if case .list = self { return kind != .lsub }
        if case .lsub = self { return kind == .lsub }
        return false
    }

    func asksForStatus(of name: MailboxName) -> Bool {
        if case .status(let asked, _) = self { return asked == name }
        if case .list(let request) = self { return !request.status.isEmpty }
        return false
    }
}
