#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// A client of the socket for commands: one request after the other, waiting for each.
public final class RPCClient {
    /// Octets of an answer's line at most.
    static let longestLine = 256 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var nextID: Int64 = 1
    /// Notifications that came while an answer was waited for.
    private var notifications: [Notification] = []

    /// A message of the server's that answers nothing.
    public struct Notification: Sendable {
        public var method: String
        public var params: [String: JSONValue]
    }

    /// Nil where no `trawl serve` answers there.
    public init?(socket: String) {
        guard let descriptor = RPCSocket.connect(socket) else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer.
    ///
    /// Errors: ``RPCError`` as the server tells it; ``ServiceError/Code/socketUnusable`` where the connection ends.
    public func call(_ method: String, _ params: [String: JSONValue]) throws -> JSONValue {
        let id = nextID
        nextID += 1
        var json = JSONWriter()
        JSONValue.object([
            "jsonrpc": .string("2.0"), "id": .integer(id), "method": .string(method), "params": .object(params),
        ]).write(to: &json)
        json.newline()
        try send(json.bytes)
        while true {
            guard let message = try receive() else {
                throw ServiceError(.socketUnusable, "trawl serve ended before it answered")
            }
            if let notification = Self.notification(message) {
                notifications.append(notification)
                continue
            }
            guard message["id"] == .integer(id) else { continue }
            if let error = message["error"]?.objectValue {
                let code = error["code"]?.integerValue.flatMap { RPCError.Code(rawValue: Int($0)) } ?? .internalError
                throw RPCError(code, error["message"]?.stringValue ?? "unknown", data: error["data"])
            }
            return message["result"] ?? .null
        }
    }

    /// The next notification; nil when the server has ended.
    public func nextNotification() throws -> Notification? {
        if !notifications.isEmpty { return notifications.removeFirst() }
        while let message = try receive() {
            if let notification = Self.notification(message) { return notification }
        }
        return nil
    }

    private static func notification(_ message: [String: JSONValue]) -> Notification? {
        guard message["id"] == nil, let method = message["method"]?.stringValue else { return nil }
        return Notification(method: method, params: message["params"]?.objectValue ?? [:])
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map {
                    #if canImport(Darwin)
                        Darwin.send(descriptor, $0 + sent, buffer.count - sent, 0)
                    #elseif canImport(Glibc)
                        Glibc.send(descriptor, $0 + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
                    #else
                        Musl.send(descriptor, $0 + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
                    #endif
                } ?? 0
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ServiceError(.socketUnusable, "trawl serve went away: \(Files.lastErrorText())")
            }
            sent += count
        }
    }

    private func receive() throws -> [String: JSONValue]? {
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                guard case .object(let members) = try? JSONReader.read(line) else {
                    throw ServiceError(.socketUnusable, "what answers on the socket is no trawl serve")
                }
                return members
            }
            searched = buffer.count
            guard buffer.count < Self.longestLine else {
                throw ServiceError(.socketUnusable, "an answer of more than \(Self.longestLine) octets")
            }
            var failure: Int32 = 0
            let descriptor = descriptor
            let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
                let result = read(descriptor, bytes.baseAddress, bytes.count)
                failure = result < 0 ? errno : 0
                count = max(result, 0)
            }
            if failure == EINTR { continue }
            if failure != 0 { throw ServiceError(.socketUnusable, Files.text(ofError: failure)) }
            if piece.isEmpty { return nil }
            buffer += piece
        }
    }
}
