import Foundation
import Synchronization

/// A server that says what a test wants it to: replays a dialogue, or answers each command by a closure.
///
/// It runs in threads of its own, on a free port of 127.0.0.1, without TLS. It knows IMAP only so far as to read whole
/// commands with their literals.
public final class ScriptedIMAPServer: Sendable {
    /// One turn of a dialogue.
    public enum Step: Sendable {
        /// Sends the text; `{tag}` in it becomes the last command's tag. Bare LFs become CRLF.
        case send(String)
        /// Sends octets as they are.
        case sendBytes([UInt8])
        /// Sends the text in single octets with a pause after each.
        case sendSlowly(String, microseconds: UInt32)
        /// Waits for a command whose text after the tag starts so (case-insensitive); anything else ends the connection.
        case expect(String)
        /// Waits for any command.
        case expectAny
        /// Waits for a line without a tag (`DONE`, a SASL response).
        case expectLine(String)
        /// Says nothing for so long.
        case pause(milliseconds: UInt32)
        /// Says nothing till the client goes or the server is stopped.
        case stall
        /// Closes the connection; `reset`: by RST.
        case close(reset: Bool)
    }

    /// A command as it came: its tag, its text after the tag with the literals in place.
    public struct ReceivedCommand: Sendable {
        public var tag: String
        public var text: String
        /// Which connection sent it, counted from 0.
        public var connection: Int

        /// The command's name in upper case, with `UID ` before it where it has that.
        public var name: String {
            let words = text.split(separator: " ", maxSplits: 2).map { $0.uppercased() }
            guard let first = words.first else { return "" }
            return first == "UID" && words.count > 1 ? "UID \(words[1])" : first
        }
    }

    public let port: Int
    private let listener: LoopbackListener
    private let clients = Mutex<[LoopbackSocket]>([])
    private let commands = Mutex<[ReceivedCommand]>([])
    private let untagged = Mutex<[String]>([])
    private let problems = Mutex<[String]>([])
    private let stopped = Mutex(false)

    /// Replays a dialogue for each connection in its turn; the last is replayed for all that follow.
    public convenience init(_ dialogues: [[Step]]) throws {
        try self.init { server, session, connection in
            guard let dialogue = connection < dialogues.count ? dialogues[connection] : dialogues.last else { return }
            server.replay(dialogue, session)
        }
    }

    /// Sends `greeting` and answers each command with the steps that `answer` returns; LOGOUT ends it as it should.
    public convenience init(
        greeting: String = "* OK [CAPABILITY IMAP4rev1] ready\n",
        answering answer: @escaping @Sendable (ReceivedCommand) -> [Step]
    ) throws {
        try self.init { server, session, _ in
            var session = session
            guard server.perform(.send(greeting), &session) else { return }
            while let command = session.readCommand() {
                server.record(command)
                session.lastTag = command.tag
                for step in answer(command) where !server.perform(step, &session) { return }
            }
        }
    }

    private init(serving: @escaping @Sendable (ScriptedIMAPServer, Session, Int) -> Void) throws {
        let listener = try LoopbackListener()
        self.listener = listener
        port = listener.port
        // The thread holds the server: a test may need no more of it than its port, and connect later.
        Thread.detachNewThread {
            var connection = 0
            while let client = listener.accepted() {
                guard !self.stopped.withLock({ $0 }) else {
                    client.close()
                    break
                }
                self.clients.withLock { $0.append(client) }
                let number = connection
                connection += 1
                Thread.detachNewThread {
                    serving(self, Session(socket: client, connection: number), number)
                    // Only the thread that reads closes, so a descriptor is never reused while another blocks on it.
                    self.clients.withLock { $0.removeAll { $0.descriptor == client.descriptor } }
                    client.shutDown()
                    client.close()
                }
            }
            listener.close()
        }
    }

    /// Every command that came so far, of all connections, in order.
    public var received: [ReceivedCommand] { commands.withLock { $0 } }

    /// Every line without a tag (`DONE`) that the dialogues waited for and that came, in order.
    public var receivedLines: [String] { untagged.withLock { $0 } }

    /// Where a client did something else than the dialogue expected.
    public var surprises: [String] { problems.withLock { $0 } }

    /// Sends text to all clients now, unasked, between whatever the dialogue does.
    public func push(_ text: String) {
        let bytes = Array(text.crlf.utf8)
        for client in clients.withLock({ $0 }) { client.write(bytes) }
    }

    /// Ends all connections; new ones are still taken.
    public func dropClients() {
        // Within the lock: a client leaves the list before its descriptor is closed and used again.
        clients.withLock { clients in
            for client in clients { client.shutDown() }
        }
    }

    public func stop() {
        stopped.withLock { $0 = true }
        listener.shutDown()
        dropClients()
    }

    // MARK: One connection

    private struct Session {
        let socket: LoopbackSocket
        let connection: Int
        var lastTag = "*"
        var unread: [UInt8] = []

        init(socket: LoopbackSocket, connection: Int) {
            self.socket = socket
            self.connection = connection
        }

        /// A line without its end. Nil when the client is gone.
        mutating func readLine() -> String? {
            while true {
                if let end = unread.firstIndex(of: 0x0A) {
                    var line = unread[..<end]
                    if line.last == 0x0D { line.removeLast() }
                    let text = String(decoding: line, as: UTF8.self)
                    unread.removeFirst(end + 1)
                    return text
                }
                let more = socket.read()
                if more.isEmpty { return nil }
                unread += more
            }
        }

        mutating func readExactly(_ count: Int) -> String? {
            while unread.count < count {
                let more = socket.read()
                if more.isEmpty { return nil }
                unread += more
            }
            let text = String(decoding: unread[..<count], as: UTF8.self)
            unread.removeFirst(count)
            return text
        }

        /// A command with its literals; synchronising ones are asked for.
        mutating func readCommand() -> ReceivedCommand? {
            guard var text = readLine() else { return nil }
            while text.hasSuffix("}"), let open = text.lastIndex(of: "{") {
                let size = text[text.index(after: open)...].dropLast()
                let isSynchronising = !size.hasSuffix("+")
                guard let count = Int(isSynchronising ? size : size.dropLast()) else { break }
                if isSynchronising { socket.write(Array("+ go on\r\n".utf8)) }
                guard let literal = readExactly(count), let rest = readLine() else { return nil }
                text += "\r\n" + literal + rest
            }
            let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
            return ReceivedCommand(
                tag: parts.first ?? "", text: parts.count > 1 ? parts[1] : "", connection: connection)
        }
    }

    private func record(_ command: ReceivedCommand) {
        commands.withLock { $0.append(command) }
    }

    private func replay(_ dialogue: [Step], _ session: Session) {
        var session = session
        for step in dialogue where !perform(step, &session) { return }
    }

    /// False when the connection is at its end.
    private func perform(_ step: Step, _ session: inout Session) -> Bool {
        switch step {
        case .send(let text):
            return session.socket.write(Array(text.replacing("{tag}", with: session.lastTag).crlf.utf8))
        case .sendBytes(let bytes):
            return session.socket.write(bytes)
        case .sendSlowly(let text, let microseconds):
            for octet in text.replacing("{tag}", with: session.lastTag).crlf.utf8 {
                guard session.socket.write([octet]) else { return false }
                usleep(microseconds)
            }
            return true
        case .expect(let prefix):
            guard let command = session.readCommand() else { return false }
            record(command)
            session.lastTag = command.tag
            guard command.text.uppercased().hasPrefix(prefix.uppercased()) else {
                problems.withLock { $0.append("expected \(prefix), got \(command.text)") }
                return false
            }
            return true
        case .expectAny:
            guard let command = session.readCommand() else { return false }
            record(command)
            session.lastTag = command.tag
            return true
        case .expectLine(let line):
            guard let read = session.readLine() else { return false }
            untagged.withLock { $0.append(read) }
            guard read.uppercased().hasPrefix(line.uppercased()) else {
                problems.withLock { $0.append("expected the line \(line), got \(read)") }
                return false
            }
            return true
        case .pause(let milliseconds):
            usleep(milliseconds * 1_000)
            return true
        case .stall:
            while !session.socket.read().isEmpty {}
            return false
        case .close(let reset):
            if reset { session.socket.resetOnClose() }
            return false
        }
    }
}

extension String {
    /// The same text with CRLF for each bare LF.
    var crlf: String {
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        for octet in utf8 {
            if octet == 0x0A, last != 0x0D { bytes.append(0x0D) }
            bytes.append(octet)
            last = octet
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
