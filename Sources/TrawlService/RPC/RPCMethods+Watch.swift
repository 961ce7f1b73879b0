import MailIndex
import MailSearch
import Presentation

extension RPCMethods {
    /// Reads a `watch` request.
    func beginWatch(_ request: RPCRequest, _ call: RPCCall) -> Result<RPCWatch, RPCError> {
        do {
            try call.check()
            try request.params.check(known: ["query", "since", "deadline"])
            let query = try query(request.params)
            let dependsOnChanges = query.dependsOnChanges
            if let since = try request.params.string("since") {
                // Looked at now, so that an unknown state is told at once and not as silence.
                _ = try store.changes(since: since, limit: 1)
                return .success(
                    RPCWatch(query: query, state: since, dependsOnChanges: dependsOnChanges, matched: nil))
            }
            // The state first: what comes in between is then told of, rather than missed.
            let state = try store.state()
            let matched = dependsOnChanges ? Set(try store.ids(query)) : []
            return .success(
                RPCWatch(query: query, state: state, dependsOnChanges: dependsOnChanges, matched: matched))
        } catch {
            return .failure(Self.rpcError(error))
        }
    }

    /// What came since the watch's state, and the watch as it stands then. An index that can't be read now leaves the
    /// watch as it is: the next look tells.
    func evaluate(_ watch: RPCWatch, number: Int) -> RPCWatch.Evaluation {
        do {
            return try evaluated(watch, number: number)
        } catch let error as IndexError where error.code == .unknownState {
            return lost(watch, number: number)
        } catch {
            return RPCWatch.Evaluation(watch: watch)
        }
    }

    private func evaluated(_ watch: RPCWatch, number: Int) throws -> RPCWatch.Evaluation {
        let changes = try store.changes(since: watch.state, limit: RPCWatch.batch)
        var result = RPCWatch.Evaluation(watch: watch)
        result.hasMore = changes.hasMoreChanges
        let candidates = changes.created + (watch.dependsOnChanges ? changes.updated : [])
        let matching = try store.matching(watch.query, among: candidates)
        var emails: [EmailID: Email] = [:]
        for email in try store.emails(Array(matching)) { emails[email.id] = email }
        // In their order, each with the state right after it: a client that goes away after any line misses nothing of
        // what follows and hears nothing again.
        for step in changes.steps {
            let id = step.id
            switch step.kind {
            case .updated where !watch.dependsOnChanges: break
            case .created, .updated:
                if matching.contains(id) {
                    let isNew = result.watch.matched?.insert(id).inserted ?? true
                    guard isNew, let email = emails[id] else { continue }
                    result.notifications.append(
                        Self.notification("match", number, step.state) { EmailJSON.write(email, to: &$0) })
                } else {
                    // Of one created and not matching the client never heard; of one updated it may have.
                    let didMatch = result.watch.matched.map { $0.contains(id) } ?? (step.kind == .updated)
                    result.watch.matched?.remove(id)
                    if didMatch { result.notifications.append(Self.unmatch(id, number, step.state)) }
                }
            case .destroyed:
                let didMatch = !watch.dependsOnChanges || result.watch.matched.map { $0.contains(id) } ?? true
                result.watch.matched?.remove(id)
                if didMatch { result.notifications.append(Self.unmatch(id, number, step.state)) }
            }
        }
        if !changes.hasMoreChanges, watch.matched == nil, watch.dependsOnChanges {
            // Caught up: from here on it is known what matched.
            result.watch.matched = Set(try store.ids(watch.query))
        }
        result.watch.state = changes.newState
        return result
    }

    /// The index no longer tells what changed since the watch's state: the client must look afresh.
    private func lost(_ watch: RPCWatch, number: Int) -> RPCWatch.Evaluation {
        var result = RPCWatch.Evaluation(watch: watch)
        guard let state = try? store.state() else { return result }
        result.watch.state = state
        result.watch.matched = watch.dependsOnChanges ? (try? store.ids(watch.query)).map { Set($0) } : []
        result.notifications = [
            RPCAnswer.notification("reset") { json in
                json.beginObject()
                json.key("watch")
                json.integer(number)
                json.key("state")
                json.string(state)
                json.endObject()
            }
        ]
        return result
    }

    private static func unmatch(_ id: EmailID, _ number: Int, _ state: String) -> [UInt8] {
        notification("unmatch", number, state) { json in
            json.beginObject()
            json.key("id")
            json.string(id.description)
            json.endObject()
        }
    }

    private static func notification(
        _ method: StaticString, _ number: Int, _ state: String, _ email: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        RPCAnswer.notification(method) { json in
            json.beginObject()
            json.key("watch")
            json.integer(number)
            json.key("state")
            json.string(state)
            json.key("email")
            email(&json)
            json.endObject()
        }
    }
}
