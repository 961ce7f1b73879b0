import Foundation
import Synchronization

/// A TCP proxy on loopback that hurts the connections going through it, and counts their octets.
public final class FaultProxy: Sendable {
    /// What happens to one connection. Octets are counted over the direction from the server to the client.
    public struct Fault: Sendable {
        /// Ends the connection after so many octets from the server.
        public var cutAfter: Int?
        /// Ends by RST instead of FIN.
        public var resets = false
        /// Passes nothing more, in either direction, after so many octets from the server.
        public var stallAfter: Int?
        /// Waits after each piece.
        public var pauseMicroseconds: UInt32 = 0
        /// Passes pieces of at most so many octets.
        public var pieceSize = 65_536
        /// Flips bits in one octet of this position (and each later multiple of it) from the server.
        public var garbleEvery: Int?

        public init() {}

        public static let none = Fault()
    }

    public let port: Int
    private let target: UInt16
    private let listener: LoopbackListener
    private let choose: @Sendable (Int) -> Fault
    private let sockets = Mutex<[Int: [LoopbackSocket]]>([:])
    private let counters = Mutex((fromServer: 0, toServer: 0, connections: 0, mostOpen: 0, faults: 0))
    private let sent = Mutex<[UInt8]>([])
    private let paused = Mutex(false)
    private let refuses = Mutex(false)

    /// Listens on a free port; `fault` is asked for each connection by its number, from 0.
    public init(to port: Int, fault: @escaping @Sendable (Int) -> Fault = { _ in .none }) throws {
        let listener = try LoopbackListener()
        self.listener = listener
        self.port = listener.port
        target = UInt16(port)
        choose = fault
        // The thread holds the proxy: a test may need no more of it than its port, and connect later.
        Thread.detachNewThread {
            while let client = listener.accepted() { self.take(client) }
            listener.close()
        }
    }

    /// Octets passed on so far, over all connections.
    public var octetsFromServer: Int { counters.withLock { $0.fromServer } }
    public var octetsToServer: Int { counters.withLock { $0.toServer } }
    /// Connections taken so far.
    public var connections: Int { counters.withLock { $0.connections } }
    /// Connections that a fault has cut, stalled or garbled so far; those that ended before it came are none of them.
    public var faults: Int { counters.withLock { $0.faults } }
    /// The most connections that clients had open at the same time.
    public var mostOpen: Int { counters.withLock { $0.mostOpen } }
    /// What clients sent, all connections together, in lines; of use without TLS.
    public var linesToServer: [String] {
        sent.withLock { String(decoding: $0, as: UTF8.self) }.split(separator: "\r\n").map(String.init)
    }

    /// Passes nothing on till `resume()`; connections stay open, as with a pulled cable.
    public func pause() { paused.withLock { $0 = true } }
    public func resume() { paused.withLock { $0 = false } }

    /// Closes new connections at once, as a host with no server.
    public func setRefusing(_ refusing: Bool) { refuses.withLock { $0 = refusing } }

    /// Ends every connection that is open now.
    public func cutAll() {
        // Within the lock: a pair leaves the list before its descriptors are closed and used again.
        sockets.withLock { sockets in
            for pair in sockets.values { pair.forEach { $0.shutDown() } }
        }
    }

    public func stop() {
        listener.shutDown()
        cutAll()
    }

    private func take(_ client: LoopbackSocket) {
        let number = counters.withLock { counters in
            counters.connections += 1
            return counters.connections - 1
        }
        guard !refuses.withLock({ $0 }), let server = try? LoopbackSocket.connected(port: target) else {
            client.resetOnClose()
            client.close()
            return
        }
        let open = sockets.withLock { sockets in
            sockets[number] = [client, server]
            // Of those that their client has ended, the threads may not know yet.
            return sockets.values.count { !$0[0].isEnded }
        }
        counters.withLock { $0.mostOpen = max($0.mostOpen, open) }
        let fault = choose(number)
        // The two threads share the pair: whoever ends last closes both descriptors.
        let threads = Countdown(2)
        let finish: @Sendable () -> Void = { [weak self] in
            client.shutDown()
            server.shutDown()
            guard threads.countDown() else { return }
            self?.sockets.withLock { $0[number] = nil }
            client.close()
            server.close()
        }
        let stall = Flag()
        Thread.detachNewThread { [weak self] in
            while true {
                let bytes = client.read()
                guard !bytes.isEmpty else { break }
                while self?.isHeld == true || stall.isSet {
                    if client.isGone { break }
                    usleep(5_000)
                }
                guard let self, server.write(bytes) else { break }
                self.counters.withLock { $0.toServer += bytes.count }
                self.sent.withLock { $0 += bytes }
            }
            finish()
        }
        Thread.detachNewThread { [weak self] in
            self?.pump(from: server, to: client, fault, stall)
            finish()
        }
    }

    private var isHeld: Bool { paused.withLock { $0 } }

    private func pump(from server: LoopbackSocket, to client: LoopbackSocket, _ fault: Fault, _ stall: Flag) {
        var passed = 0
        var isHurt = false
        func hurt() {
            if !isHurt { counters.withLock { $0.faults += 1 } }
            isHurt = true
        }
        while true {
            var bytes = server.read(limit: 65_536)
            guard !bytes.isEmpty else { return }
            if let every = fault.garbleEvery, every > 0 {
                for index in bytes.indices where (passed + index + 1).isMultiple(of: every) {
                    bytes[index] ^= 0x15
                    hurt()
                }
            }
            var start = 0
            while start < bytes.count {
                while isHeld {
                    if client.isGone { return }
                    usleep(5_000)
                }
                if let limit = fault.stallAfter, passed >= limit {
                    hurt()
                    stall.set()
                    while !client.isGone { usleep(5_000) }
                    return
                }
                var count = min(fault.pieceSize, bytes.count - start)
                if let limit = fault.stallAfter { count = min(count, limit - passed) }
                if let limit = fault.cutAfter { count = min(count, limit - passed) }
                if count > 0, !client.write(Array(bytes[start..<start + count])) { return }
                start += count
                passed += count
                counters.withLock { $0.fromServer += count }
                if let limit = fault.cutAfter, passed >= limit {
                    hurt()
                    if fault.resets { client.resetOnClose() }
                    return
                }
                if fault.pauseMicroseconds > 0 { usleep(fault.pauseMicroseconds) }
            }
        }
    }
}

/// Counts down once for each call; true for the call that reaches zero.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func countDown() -> Bool {
        left.withLock { left in
            left -= 1
            return left == 0
        }
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

extension LoopbackSocket {
    /// Whether the peer will send no more, though something that it sent may still be unread.
    fileprivate var isEnded: Bool {
        #if canImport(Darwin)
            return isGone
        #else
            // POLLRDHUP, which is not imported.
            let ended: Int16 = 0x2000
            var state = pollfd(fd: descriptor, events: ended, revents: 0)
            return poll(&state, 1, 0) > 0 && state.revents & (ended | Int16(POLLHUP | POLLERR | POLLNVAL)) != 0
        #endif
    }

    /// Whether the peer has ended the connection (looked at without waiting).
    var isGone: Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return false }
        if state.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
        var octet: UInt8 = 0
        #if canImport(Darwin)
            let flags = MSG_PEEK
        #else
            let flags = Int32(MSG_PEEK)
        #endif
        return recv(descriptor, &octet, 1, flags) == 0
    }
}
