import Foundation

/// A blocking TCP socket on 127.0.0.1, for servers and proxies that run in threads of the tests.
struct LoopbackSocket: Sendable {
    let descriptor: Int32

    /// Listens on a free port (or on `port`) of 127.0.0.1.
    static func listening(port: UInt16 = 0) throws -> (socket: LoopbackSocket, port: UInt16) {
        let socket = try LoopbackSocket.open()
        var reuse: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = loopbackAddress(port)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(socket.descriptor, 64) == 0 else {
            let reason = errno
            socket.close()
            throw TestSupportError("cannot listen on 127.0.0.1:\(port): errno \(reason)")
        }
        var actual = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &actual) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket.descriptor, $0, &length)
            }
        }
        return (socket, UInt16(bigEndian: actual.sin_port))
    }

    /// Connects to a port of 127.0.0.1.
    static func connected(port: UInt16) throws -> LoopbackSocket {
        let socket = try LoopbackSocket.open()
        var address = loopbackAddress(port)
        let done = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard done == 0 else {
            let reason = errno
            socket.close()
            throw TestSupportError("cannot connect to 127.0.0.1:\(port): errno \(reason)")
        }
        return socket
    }

    /// A port that nothing listens on just now.
    static func freePort() throws -> UInt16 {
        let (socket, port) = try listening()
        socket.close()
        return port
    }

    /// Waits for a client. Nil when the socket was shut down.
    func accepted() -> LoopbackSocket? {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return nil }
        let socket = LoopbackSocket(descriptor: client)
        socket.prepare()
        return socket
    }

    /// Reads what is there, at most `limit` octets. Empty at the end of the stream or on an error.
    func read(limit: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count > 0 else { return [] }
        buffer.removeLast(limit - count)
        return buffer
    }

    /// Writes all of it. False when the peer is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                send(descriptor, raw.baseAddress.map { $0 + sent }, bytes.count - sent, LoopbackSocket.sendFlags)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends both directions and wakes threads that block on it; `close` must still follow.
    func shutDown() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    func close() {
        _ = Foundation.close(descriptor)
    }

    /// Makes `close` send a reset, as a crashed host's or a firewall's.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func open() throws -> LoopbackSocket {
        #if canImport(Darwin)
            let descriptor = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw TestSupportError("socket failed: errno \(errno)") }
        let socket = LoopbackSocket(descriptor: descriptor)
        socket.prepare()
        return socket
    }

    private func prepare() {
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            var noSignal: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &noSignal, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static var sendFlags: Int32 {
        #if canImport(Darwin)
            0
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }

    private static func loopbackAddress(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
