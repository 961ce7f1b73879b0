import MailSearch

/// Threads are the connected parts of a graph whose nodes are messages and Message-IDs, with an edge from a message to
/// each Message-ID that it bears, answers or refers to. It is what JWZ's algorithm groups (subjects aside), told so
/// that the order in which messages come and go cannot matter. The graph's edges are the rows of `reference`.
extension BatchWriter {
    /// The thread that a new message joins; those that it joins together become one.
    func thread(of facts: DocumentFacts) throws -> Int64 {
        var found: [Int64] = []
        for reference in facts.references {
            // All messages that share a Message-ID are of one thread already, so any of them will do.
            sql.threadOfToken.bind(1, reference.token)
            if let thread = try sql.threadOfToken.runForInteger(), !found.contains(thread) { found.append(thread) }
        }
        if found.count == 1 { return found[0] }
        guard !found.isEmpty else { return newThread() }
        // The smaller moves to the larger: a message moves at most log n times.
        var largest = found[0]
        var largestSize: Int64 = -1
        for thread in found {
            sql.threadSize.bind(1, thread)
            sql.threadSize.bind(2, Int64(10_000))
            let size = try sql.threadSize.runForInteger() ?? 0
            if size > largestSize { (largest, largestSize) = (thread, size) }
        }
        for thread in found where thread != largest {
            var members: [Int64] = []
            sql.messagesOfThread.bind(1, thread)
            try sql.messagesOfThread.forEachRow { members.append($0.integer(0)) }
            for member in members {
                sql.setThread.bind(1, largest)
                sql.setThread.bind(2, member)
                try sql.setThread.run()
            }
            if let tokens = loosened.removeValue(forKey: thread) { loosened[largest, default: []].formUnion(tokens) }
        }
        return largest
    }

    private func newThread() -> Int64 {
        defer { nextThread += 1 }
        return nextThread
    }

    /// Parts the threads that hang together no longer, after messages left.
    ///
    /// Only the Message-IDs of those that left can be where a thread came apart. From one of them the graph is walked
    /// until all the others are met (then nothing came apart, which a few steps mostly show) or the walk ends (then
    /// what was met is a thread by itself).
    func splitLoosened() throws {
        for tokens in loosened.values {
            var open: Set<Int64> = []
            for token in tokens {
                sql.messagesOfToken.bind(1, token)
                if try sql.messagesOfToken.runForInteger() != nil { open.insert(token) }
            }
            while open.count > 1, let start = open.first {
                open.remove(start)
                guard let part = try walk(from: start, until: &open) else { break }
                let name = newThread()
                for message in part {
                    sql.setThread.bind(1, name)
                    sql.setThread.bind(2, message)
                    try sql.setThread.run()
                }
            }
        }
        loosened.removeAll()
    }

    /// All messages connected with `start`, or nil as soon as no other of `open` is left to be met. What is met is
    /// taken from `open`.
    private func walk(from start: Int64, until open: inout Set<Int64>) throws -> Set<Int64>? {
        var messages: Set<Int64> = []
        var seen: Set<Int64> = [start]
        var tokens: [Int64] = [start]
        var waiting: [Int64] = []
        while true {
            if let token = tokens.popLast() {
                sql.messagesOfToken.bind(1, token)
                try sql.messagesOfToken.forEachRow {
                    if messages.insert($0.integer(0)).inserted { waiting.append($0.integer(0)) }
                }
            } else if let message = waiting.popLast() {
                for reference in try references(of: message) where seen.insert(reference.token).inserted {
                    tokens.append(reference.token)
                    if open.remove(reference.token) != nil, open.isEmpty { return nil }
                }
            } else {
                return messages
            }
        }
    }

    private func references(of message: Int64) throws -> [DocumentFacts.Reference] {
        sql.readReferences.bind(1, message)
        defer { sql.readReferences.reset() }
        guard try sql.readReferences.step() else { return [] }
        return try sql.readReferences.withBytes(0) { bytes in
            try dictionaries.withHead(bytes, database) { head in
                DocumentFacts.references(
                    messageIDs: head.fields.text(.messageIDs), references: head.fields.text(.references),
                    inReplyTo: head.fields.text(.inReplyTo))
            }
        }
    }
}
