import MIME
import MailIndex
import MailSearch
import NIOCore
import Presentation

/// What the socket's methods need beside the index. Each may take as long as it takes; they run in tasks of the server.
public struct RPCOperations: Sendable {
    /// Synchronises these accounts (all for none) and returns when that is done.
    public var sync: @Sendable (_ accounts: [String]) async throws -> Void
    /// The message as its sender sent it.
    public var raw: @Sendable (_ email: Email) async throws -> [UInt8]

    public init(
        sync: @escaping @Sendable (_ accounts: [String]) async throws -> Void,
        raw: @escaping @Sendable (_ email: Email) async throws -> [UInt8]
    ) {
        self.sync = sync
        self.raw = raw
    }
}

/// The socket's methods: parameters in, JSON out.
struct RPCMethods: Sendable {
    /// By what a method is run.
    enum Kind: Sendable, Hashable {
        /// Reads the index, on a thread of the pool.
        case reading
        /// Takes long, in a task.
        case long
        case watch
        case unwatch
        case cancel

        init?(_ method: String) {
            switch method {
            case "search", "count", "get", "text", "thread", "addresses", "mailboxes", "status", "explain", "changes":
                self = .reading
            case "raw", "sync": self = .long
            case "watch": self = .watch
            case "unwatch": self = .unwatch
            case "$/cancelRequest": self = .cancel
            default: return nil
            }
        }
    }

    static let names = [
        "search", "count", "get", "text", "raw", "thread", "addresses", "mailboxes", "status", "sync", "explain",
        "changes", "watch", "unwatch",
    ]

    /// Hits that one answer holds at most.
    static let mostHits = 10_000
    /// Messages that one `get` may ask for.
    static let mostIDs = 10_000
    /// Milliseconds until a reading request is given up, unless it says otherwise by `deadline`.
    static let defaultDeadline = 30_000
    static let longestDeadline = 3_600_000

    let store: IndexStore
    let savedQueries: [String: String]
    /// The accounts' users, for `from:me`.
    let users: [String]
    let operations: RPCOperations
    private let answers = SearchAnswers()

    init(store: IndexStore, savedQueries: [String: String], users: [String], operations: RPCOperations) {
        self.store = store
        self.savedQueries = savedQueries
        self.users = users
        self.operations = operations
    }

    func deadline(for request: RPCRequest) throws(RPCError) -> NIODeadline {
        let given = try request.params.integer("deadline", in: 1...Self.longestDeadline)
        if Kind(request.method) == .long, given == nil { return .distantFuture }
        return .now() + .milliseconds(Int64(given ?? Self.defaultDeadline))
    }

    // MARK: Reading

    /// The whole answer to a reading request, or nil where it was a notification.
    ///
    /// - Parameter readers: threads that may lend a hand.
    func answer(_ request: RPCRequest, _ call: RPCCall, _ readers: RPCReaders) -> [UInt8]? {
        guard let id = request.id else { return nil }
        do {
            try call.check()
            return try RPCAnswer.success(id) { try result(of: request, call, readers, to: &$0) }
        } catch {
            // Whatever it was given up with.
            let error = call.isCancelled ? RPCError(.requestCancelled, "cancelled") : Self.rpcError(error)
            return RPCAnswer.failure(id, error)
        }
    }

    private func result(
        of request: RPCRequest, _ call: RPCCall, _ readers: RPCReaders, to json: inout JSONWriter
    ) throws {
        let params = request.params
        switch request.method {
        case "search":
            try params.check(known: ["query", "limit", "offset", "sort", "threads", "snippets", "deadline"])
            var options = SearchOptions(limit: 20)
            options.limit = try params.integer("limit", in: 0...Self.mostHits) ?? 20
            options.offset = try params.integer("offset", in: 0...Int(Int32.max)) ?? 0
            options.threads = try params.bool("threads") ?? false
            options.snippets = try params.bool("snippets") ?? true
            if let sort = try params.string("sort") {
                guard let known = SearchOptions.Sort(rawValue: sort) else {
                    throw RPCError(.invalidParams, "sort must be \"newest\", \"oldest\" or \"relevance\"")
                }
                options.sort = known
            }
            let query = try query(params)
            let key = SearchAnswers.Key(query: query, options: options)
            // Before the search: what is committed meanwhile makes another stamp, and so another search.
            let stamp = try store.stamp()
            if let known = answers.answer(key, stamp) { return json.raw(known) }
            options.deadline = call.secondsLeft
            let helper = RPCHelper(readers, for: call)
            defer { helper.dismiss() }
            let page = try store.search(
                query, options: options, isCancelled: { call.isCancelled }, helper: helper, present: EmailJSON.octets)
            try call.check()
            answers.keep(json.value { EmailJSON.write(page, to: &$0) }, for: key, stamp)
        case "count":
            try params.check(known: ["query", "deadline"])
            let query = try query(params)
            let count = try store.count(query, deadline: call.secondsLeft) { call.isCancelled }
            json.beginObject()
            json.key("total")
            json.integer(count.total)
            json.key("complete")
            json.bool(count.isComplete)
            json.endObject()
        case "get":
            try params.check(known: ["ids", "properties", "deadline"])
            try get(params, to: &json)
        case "text":
            try params.check(known: ["id", "deadline"])
            let id = try emailID(params)
            guard let text = try store.text(of: id) else { throw Self.noMessage(id) }
            json.beginObject()
            json.key("text")
            json.string(text)
            json.endObject()
        case "thread":
            try params.check(known: ["id", "deadline"])
            let id = try emailID(params)
            let emails = try store.thread(of: id)
            guard !emails.isEmpty else { throw Self.noMessage(id) }
            json.beginObject()
            json.key("list")
            json.beginArray()
            for email in emails { EmailJSON.write(email, to: &json) }
            json.endArray()
            json.endObject()
        case "addresses":
            try params.check(known: ["prefix", "limit", "deadline"])
            let limit = try params.integer("limit", in: 0...Self.mostHits) ?? 20
            let entries = try store.addresses(prefix: try params.string("prefix") ?? "", limit: limit)
            json.beginObject()
            json.key("list")
            json.beginArray()
            for entry in entries { AddressJSON.write(entry, to: &json) }
            json.endArray()
            json.endObject()
        case "mailboxes":
            try params.check(known: ["deadline"])
            StatusJSON.writeMailboxes(try store.status(), now: Self.now(), to: &json)
        case "status":
            try params.check(known: ["deadline"])
            StatusJSON.write(try store.status(), now: Self.now(), to: &json)
        case "explain":
            try params.check(known: ["query", "deadline"])
            let query = try query(params)
            ExplainJSON.write(query, try store.explain(query), to: &json)
        case "changes":
            try params.check(known: ["since", "limit", "deadline"])
            let limit = try params.integer("limit", in: 1...Self.mostHits) ?? Self.mostHits
            ChangesJSON.write(
                try store.changes(since: try params.requiredString("since"), limit: limit), to: &json)
        default:
            throw RPCError(.methodNotFound, "no such method")
        }
    }

    private func get(_ params: RPCParameters, to json: inout JSONWriter) throws {
        guard let texts = try params.strings("ids") else { throw RPCError(.invalidParams, "ids is missing") }
        guard texts.count <= Self.mostIDs else {
            throw RPCError(.invalidParams, "ids may hold \(Self.mostIDs) at most")
        }
        var properties = EmailProperties.all
        if let names = try params.strings("properties") {
            var chosen: [EmailProperty] = [.id]
            for name in names {
                guard let property = EmailProperty(rawValue: name) else {
                    let known = EmailProperty.allCases.map(\.rawValue)
                    let hint = NearestName.find(name, among: known).map { "; did you mean \($0)?" } ?? ""
                    throw RPCError(.invalidParams, "unknown property \(TextForMessage.quoted(name))\(hint)")
                }
                chosen.append(property)
            }
            properties = EmailProperties(chosen)
        }
        let ids = texts.map { EmailID($0) }
        var found: [EmailID: Email] = [:]
        for email in try store.emails(ids.compactMap { $0 }) { found[email.id] = email }
        json.beginObject()
        json.key("list")
        json.beginArray()
        var written: Set<EmailID> = []
        for id in ids {
            if let id, let email = found[id], written.insert(id).inserted {
                EmailJSON.write(email, properties, to: &json)
            }
        }
        json.endArray()
        json.key("notFound")
        json.beginArray()
        for (text, id) in zip(texts, ids) where id.flatMap({ found[$0] }) == nil { json.string(text) }
        json.endArray()
        json.endObject()
    }

    func query(_ params: RPCParameters) throws -> SearchQuery {
        let context = QueryContext.local(
            savedQueries: savedQueries, ownAddresses: { [store, users] in try store.ownAddresses(users: users) })
        return try QueryParser.parse(try params.requiredString("query"), context: context)
    }

    private func emailID(_ params: RPCParameters) throws(RPCError) -> EmailID {
        let text = try params.requiredString("id")
        guard let id = EmailID(text) else {
            throw RPCError(.notFound, "no message \(TextForMessage.quoted(text))")
        }
        return id
    }

    private static func noMessage(_ id: EmailID) -> RPCError { RPCError(.notFound, "no message \"\(id)\"") }

    static func now() -> Int64 { QueryContext.local().now }

    // MARK: Long

    func answerLong(_ request: RPCRequest, _ call: RPCCall) async -> [UInt8]? {
        let id = request.id ?? .null
        let answer: [UInt8]
        do {
            try call.check()
            switch request.method {
            case "sync":
                try request.params.check(known: ["accounts", "deadline"])
                try await operations.sync(try request.params.strings("accounts") ?? [])
                try call.check()
                answer = RPCAnswer.success(id) { json in
                    json.beginObject()
                    json.endObject()
                }
            case "raw":
                try request.params.check(known: ["id", "deadline"])
                let emailID = try emailID(request.params)
                guard let email = try store.emails([emailID]).first else { throw Self.noMessage(emailID) }
                // Imported mail has no server; its file has it.
                let imported = ImportedMail(data: Paths.folder(of: store.path)).raw(email)
                let bytes = if let imported { imported } else { try await operations.raw(email) }
                try call.check()
                answer = RPCAnswer.success(id, reserving: bytes.count / 3 * 4 + 256) { json in
                    json.beginObject()
                    json.key("base64")
                    json.string(Base64Text.encode(bytes))
                    json.endObject()
                }
            default:
                throw RPCError(.methodNotFound, "no such method")
            }
        } catch {
            answer = RPCAnswer.failure(id, Self.rpcError(error))
        }
        return request.id == nil ? nil : answer
    }

    // MARK: Errors

    static func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError:
            return error
        case let error as QueryError:
            var data: [String: JSONValue] = [
                "code": .string(error.code.rawValue), "offset": .integer(Int64(error.range.lowerBound)),
                "length": .integer(Int64(error.range.count)),
            ]
            if let hint = error.hint { data["hint"] = .string(hint) }
            return RPCError(.queryError, error.description, data: .object(data))
        case let error as IndexError:
            switch error.code {
            case .interrupted: return RPCError(.deadlineExceeded, error.message)
            case .unknownState: return RPCError(.cannotCalculateChanges, error.message)
            case .unknownReference: return RPCError(.notFound, error.message)
            case .limit: return RPCError(.invalidParams, error.message)
            case .notFound, .notAnIndex, .fromTheFuture, .needsMigration, .damaged, .diskFull, .readOnly, .inputOutput,
                .busy, .uidValidityChanged, .inner:
                return RPCError(.operationFailed, error.message)
            }
        case let error as ServiceError:
            return RPCError(error.code == .accountUnknown ? .invalidParams : .operationFailed, error.message)
        case is CancellationError:
            return RPCError(.requestCancelled, "cancelled")
        default:
            return RPCError(.internalError, "\(error)")
        }
    }
}
