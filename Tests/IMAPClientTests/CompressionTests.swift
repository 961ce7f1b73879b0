import IMAPCore
import NIOCore
import TLS
import TestSupport
import Testing

@testable import IMAPClient

@Suite struct CompressionTests {
    /// Fetches 3 MB with COMPRESS left to choose; tells whether it was taken.
    private func isTaken(pause: UInt32) async throws -> Bool {
        let lab = try Lab.open()
        let user = try lab.user()
        let proxy = try FaultProxy(to: lab.dovecot.tlsPort) { _ in
            var fault = FaultProxy.Fault()
            fault.pieceSize = 16_384
            fault.pauseMicroseconds = pause
            return fault
        }
        defer { proxy.stop() }
        var server = lab.server()
        server.port = proxy.port
        var configuration = IMAPConfiguration()
        configuration.compressBelow = 2_500_000
        return try await within(seconds: 60) { [server, configuration] in
            try await lab.connect(user) { connection in
                for number in 1...10 { try await connection.append("INBOX", Lab.message(number, size: 300_000)) }
            }
            return try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: user.name, Secret(user.password)),
                configuration: configuration, logger: .silent
            ) { connection in
                #expect(!connection.isCompressed)
                _ = try await connection.examine("INBOX")
                for _ in 1...2 {
                    let outcome = try await connection.fetch([UIDSet(1...10)], [.uid, .body(.full)]) { _ in }
                    #expect(outcome.messages == 10)
                }
                return connection.isCompressed
            }
        }
    }

    @Test(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed"))
    func compressIsTakenOnASlowLinkAndLeftOnAFastOne() async throws {
        // 16 kB each 12 ms: some 1.3 MB a second at best.
        let onSlow = try await isTaken(pause: 12_000)
        let onFast = try await isTaken(pause: 0)
        #expect(onSlow)
        #expect(!onFast)
    }

    /// 64 MB of one letter in 64 kB.
    private func bomb() throws -> [UInt8] {
        let deflater = try DeflateStream()
        let letters = ByteBuffer(repeating: 0x61, count: 64 << 20)
        return Array(try deflater.deflate(letters, allocator: ByteBufferAllocator()).readableBytesView)
    }

    @Test func bombsAreGivenUp() throws {
        let bomb = try bomb()
        let inflater = try InflateStream()
        var largest = 0
        var sum = 0
        #expect(throws: InflateStream.Failure.bomb) {
            try inflater.inflate(ByteBuffer(bytes: bomb), allocator: ByteBufferAllocator()) { plain in
                largest = max(largest, plain.readableBytes)
                sum += plain.readableBytes
            }
        }
        #expect(largest <= 256 * 1024)
        #expect(sum <= InflateStream.freeOutput + 256 * 1024)
    }

    @Test func aBombEndsTheConnection() async throws {
        let bomb = try bomb()
        let error = try await ScriptedServerTests().playToFailure(
            [
                .send("* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello\n"), .expect("COMPRESS DEFLATE"),
                .send("{tag} OK now\n"), .sendBytes(bomb), .stall,
            ], configuration: .quick { $0.compression = .always }
        ) { try await $0.noop() }
        #expect(error.code == .protocolViolation)
    }
}
