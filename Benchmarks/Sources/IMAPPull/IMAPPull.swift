import CBareTLS
import IMAPClient
import IMAPCore
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `imap-pull HOST PORT USER PASSWORD CA-FILE MAILBOX [RUNS] [WINDOW] [DEPTH] [compress]`: downloads every message of a
/// mailbox over TLS, by the client and by a bare OpenSSL read loop in turns, and prints both rates and their ratios: of
/// the time, and of the CPU time, which other work on the machine changes less.
@main struct IMAPPull {
    struct Run {
        var messages = 0
        var bytes = 0
        var seconds = 0.0
        var cpu = 0.0
    }

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count >= 7, let port = Int(words[2]) else {
            print("usage: imap-pull HOST PORT USER PASSWORD CA-FILE MAILBOX [RUNS] [WINDOW] [DEPTH] [compress]")
            return
        }
        func number(_ index: Int, _ otherwise: Int) -> Int {
            words.count > index ? Int(words[index]) ?? otherwise : otherwise
        }
        let runs = number(7, 3)
        let window = number(8, 500)
        let depth = number(9, 3)
        let isCompressed = words.count > 10 && words[10] == "compress"

        let server = IMAPServer(
            host: words[1], port: port, tls: .init(trust: .file(words[5]), serverName: "localhost"))

        var ratios: [Double] = []
        var cpuRatios: [Double] = []
        for _ in 0..<runs {
            let bare = try bare(words, port: port)
            let ours = try await client(
                server, user: words[3], password: words[4], mailbox: words[6], window: window, depth: depth,
                isCompressed: isCompressed)
            // The bare loop's bytes hold the protocol's words too; the time for the same mailbox is what is compared.
            let ratio = bare.seconds / ours.seconds
            ratios.append(ratio)
            show("bare", bare, messages: ours.messages)
            show("client", ours, messages: ours.messages)
            let cpuRatio = bare.cpu / ours.cpu
            cpuRatios.append(cpuRatio)
            print("ratio  \(rounded(ratio, 3)), of CPU time \(rounded(cpuRatio, 3))")
        }
        print(
            "median ratio \(rounded(median(ratios), 3)), of CPU time \(rounded(median(cpuRatios), 3)), peak memory \(peakMegabytes()) MB"
        )
    }

    static func show(_ name: String, _ run: Run, messages: Int) {
        let rate = Double(messages) / run.seconds
        let megabytes = Double(run.bytes) / 1e6
        print(
            "\(name): \(messages) messages, \(rounded(megabytes, 1)) MB, \(rounded(run.seconds, 3)) s: \(rounded(rate, 0)) messages/s, \(rounded(megabytes / run.seconds, 1)) MB/s, \(rounded(run.cpu, 2)) CPU s"
        )
    }

    static func bare(_ words: [String], port: Int) throws -> Run {
        var result = bare_pull_result()
        let before = cpuSeconds()
        guard
            bare_pull(
                words[1], Int32(port), words[3], words[4], words[6], "UID FLAGS INTERNALDATE BODY.PEEK[]", &result) == 0
        else {
            let text = withUnsafeBytes(of: result.error) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw IMAPError(.connectionLost, text)
        }
        return Run(bytes: Int(result.bytes), seconds: result.seconds, cpu: cpuSeconds() - before)
    }

    static func client(
        _ server: IMAPServer, user: String, password: String, mailbox: String, window: Int, depth: Int,
        isCompressed: Bool
    ) async throws -> Run {
        var configuration = IMAPConfiguration()
        configuration.compression = isCompressed ? .always : .never
        return try await IMAPConnection.withConnection(
            to: server, credentials: .password(user: user, Secret(password)), configuration: configuration,
            logger: Logger(label: "imap-pull", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { connection in
            let selected = try await connection.examine(MailboxName(mailbox))
            guard let next = selected.uidNext?.predecessor else { return Run() }
            let windows = UIDSet(UID.min...next).windows(of: window, newestFirst: true)
            let cpu = cpuSeconds()
            let start = ContinuousClock.now
            var sum = 0
            let outcome = try await connection.fetch(
                windows, [.uid, .flags, .internalDate, .body(.full)], depth: depth
            ) { message in
                sum &+= message.bytes(of: .full)?.readableBytes ?? 0
            }
            let duration = ContinuousClock.now - start
            let (seconds, attoseconds) = duration.components
            return Run(
                messages: outcome.messages, bytes: sum, seconds: Double(seconds) + Double(attoseconds) / 1e18,
                cpu: cpuSeconds() - cpu)
        }
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    static func rounded(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let text = (value * scale).rounded() / scale
        return digits == 0 ? String(Int(text)) : String(text)
    }

    static func usage() -> rusage {
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF
        return usage
    }

    static func cpuSeconds() -> Double {
        let usage = usage()
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    static func peakMegabytes() -> Int { usage().ru_maxrss / 1024 }
}
