import Presentation

/// A request's id (JSON-RPC 2.0 §4): what the answer must bear.
public enum RPCID: Sendable, Hashable {
    case integer(Int64)
    case double(Double)
    case string(String)
    /// Asked for with `"id": null`, or unknown since the request couldn't be read.
    case null

    func write(to json: inout JSONWriter) {
        switch self {
        case .integer(let value): json.integer(value)
        case .double(let value): json.double(value)
        case .string(let value): json.string(value)
        case .null: json.null()
        }
    }
}

/// An error as JSON-RPC tells it.
public struct RPCError: Error, Sendable, Hashable {
    /// Codes: those of JSON-RPC 2.0 §5.1, LSP's for cancelling, and Trawl's own from -32000 down.
    public enum Code: Int, Sendable, Hashable, CaseIterable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        case requestCancelled = -32800
        /// The query can't be read; `data` has `offset`, `length` (in characters) and `hint`.
        case queryError = -32000
        /// Nothing has the id asked for.
        case notFound = -32001
        /// The deadline passed.
        case deadlineExceeded = -32002
        /// The state given to `changes` or `watch` is too old or unknown: start afresh.
        case cannotCalculateChanges = -32003
        /// The mail server, the network or the disk.
        case operationFailed = -32004
    }

    public var code: Code
    public var message: String
    public var data: JSONValue?

    public init(_ code: Code, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }
}

/// One request or notification, read.
public struct RPCRequest: Sendable {
    /// Nil for a notification, which gets no answer.
    public var id: RPCID?
    public var method: String
    public var params: RPCParameters

    /// Reads a line.
    ///
    /// Errors come with the id, where it could be read.
    static func read(_ line: [UInt8]) -> Result<RPCRequest, RPCFault> {
        let value: JSONValue
        switch line.withUnsafeBufferPointer({ JSONReader.read($0) }) {
        case .success(let read): value = read
        case .failure(let error):
            return .failure(RPCFault(.null, .parseError, "no JSON: \(error.message), at octet \(error.offset)"))
        }
        guard case .object(var members) = value else {
            return .failure(RPCFault(.null, .invalidRequest, "a request is one JSON object"))
        }
        let id: RPCID?
        switch members["id"] {
        case nil: id = nil
        case .integer(let number): id = .integer(number)
        case .double(let number): id = .double(number)
        case .string(let text): id = .string(text)
        case .null: id = .null
        case .bool, .array, .object:
            return .failure(RPCFault(.null, .invalidRequest, "id must be a string or a number"))
        }
        guard members["jsonrpc"] == .string("2.0") else {
            return .failure(RPCFault(id ?? .null, .invalidRequest, "\"jsonrpc\": \"2.0\" is missing"))
        }
        guard let method = members["method"]?.stringValue else {
            return .failure(RPCFault(id ?? .null, .invalidRequest, "method must be a string"))
        }
        switch members.removeValue(forKey: "params") {
        case nil, .null:
            return .success(RPCRequest(id: id, method: method, params: RPCParameters([:])))
        case .object(let params):
            return .success(RPCRequest(id: id, method: method, params: RPCParameters(params)))
        case .bool, .integer, .double, .string, .array:
            return .failure(RPCFault(id ?? .null, .invalidParams, "params must be an object of named parameters"))
        }
    }
}

/// An error with the id that its answer bears.
struct RPCFault: Error {
    var id: RPCID
    var error: RPCError

    init(_ id: RPCID, _ code: RPCError.Code, _ message: String) {
        self.id = id
        error = RPCError(code, message)
    }
}

/// A request's parameters, by name; each reading tells what is wrong with it.
public struct RPCParameters: Sendable {
    private let values: [String: JSONValue]

    init(_ values: [String: JSONValue]) { self.values = values }

    private func wrong(_ name: String, _ wanted: String) -> RPCError {
        RPCError(.invalidParams, "\(name) must be \(wanted)")
    }

    private func value(_ name: String) -> JSONValue? {
        switch values[name] {
        case nil, .null: nil
        case let value: value
        }
    }

    /// Refuses names that the method doesn't know, so that a misspelt one isn't silently without effect.
    func check(known: [String]) throws(RPCError) {
        for name in values.keys.sorted() where !known.contains(name) {
            let hint = NearestName.find(name, among: known).map { "; did you mean \($0)?" } ?? ""
            throw RPCError(.invalidParams, "unknown parameter \(TextForMessage.quoted(name))\(hint)")
        }
    }

    func string(_ name: String) throws(RPCError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrong(name, "a string") }
        return text
    }

    func requiredString(_ name: String) throws(RPCError) -> String {
        guard let text = try string(name) else { throw RPCError(.invalidParams, "\(name) is missing") }
        return text
    }

    func strings(_ name: String) throws(RPCError) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let array = value.arrayValue else { throw wrong(name, "an array of strings") }
        var strings: [String] = []
        strings.reserveCapacity(array.count)
        for element in array {
            guard let text = element.stringValue else { throw wrong(name, "an array of strings") }
            strings.append(text)
        }
        return strings
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(RPCError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.integerValue.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ name: String) throws(RPCError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let truth = value.boolValue else { throw wrong(name, "true or false") }
        return truth
    }

    /// Nested parameters; none where they are missing.
    func object(_ name: String) throws(RPCError) -> RPCParameters {
        guard let value = value(name) else { return RPCParameters([:]) }
        guard let members = value.objectValue else { throw wrong(name, "an object") }
        return RPCParameters(members)
    }

    func id(_ name: String) throws(RPCError) -> RPCID? {
        switch values[name] {
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        case nil, .null: nil
        case .bool, .array, .object: throw wrong(name, "a string or a number")
        }
    }
}

/// What came from outside, made fit for a message.
enum TextForMessage {
    /// Quoted, without control characters, and cut after 60 characters.
    static func quoted(_ text: String) -> String {
        let cut = text.unicodeScalars.prefix(60).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "?"
            default: Character(scalar)
            }
        }
        return "\"\(String(cut))\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }
}

/// Lines as the server writes them.
enum RPCAnswer {
    static func success(_ id: RPCID, reserving: Int = 1024, _ body: (inout JSONWriter) throws -> Void) rethrows
        -> [UInt8]
    {
        var json = JSONWriter(reserving: reserving)
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("id")
        id.write(to: &json)
        json.key("result")
        try body(&json)
        json.endObject()
        json.newline()
        return json.bytes
    }

    static func failure(_ id: RPCID, _ error: RPCError) -> [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("id")
        id.write(to: &json)
        json.key("error")
        json.beginObject()
        json.key("code")
        json.integer(error.code.rawValue)
        json.key("message")
        json.string(error.message)
        if let data = error.data {
            json.key("data")
            data.write(to: &json)
        }
        json.endObject()
        json.endObject()
        json.newline()
        return json.bytes
    }

    static func notification(_ method: StaticString, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("method")
        json.string(method.description)
        json.key("params")
        body(&json)
        json.endObject()
        json.newline()
        return json.bytes
    }
}
