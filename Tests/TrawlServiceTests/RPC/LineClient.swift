import Foundation

@testable import TrawlService

/// A client that says what it likes.
final class LineClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init?(_ path: String) {
        guard let descriptor = RPCSocket.connect(path) else { return nil }
        self.descriptor = descriptor
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// As much as the socket takes at once.
    func sendWithoutWaiting(_ bytes: [UInt8]) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        send(bytes)
    }

    func receive(_ lines: Int) throws -> [[String: JSONValue]] {
        try (0..<lines).map { number in
            guard let line = try? receiveLine() else {
                throw ServiceError(.socketUnusable, "ended after \(number) of \(lines) lines")
            }
            return try JSONReader.read(line).objectValue ?? [:]
        }
    }

    /// The next line as it came, without its end.
    func receiveLine() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return line
            }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { throw ServiceError(.socketUnusable, "ended within a line") }
            buffer += chunk[..<count]
        }
    }
}
