import Foundation

/// Rates of searches over `trawl serve`'s socket, and what idle clients cost.
///
///     rpc-bench SOCKET [--pid N] [--connections 64] [--depth 2] [--seconds 10] [--queries 1000] [--limit 20]
///               [--no-snippets] [--idle 200] [--hold FILE]
///
/// `--pid` is that of `trawl serve`: its CPU and memory are told too. `--depth` is how many searches each connection
/// has under way. `--hold` has the system keep a file, the index, in its memory meanwhile. The queries are words, phrases and prefixes of the indexed mail's own text.
@main
struct RPCBench {
    static func main() {
        var settings = Settings()
        guard settings.read(Array(CommandLine.arguments.dropFirst())) else {
            FileHandle.standardError.write(Data("usage: rpc-bench SOCKET [--pid N] [--connections N] …\n".utf8))
            exit(2)
        }
        signal(SIGPIPE, SIG_IGN)
        if let held = settings.held, !HeldFile.hold(held) {
            FileHandle.standardError.write(Data("\(held) can't be held in memory\n".utf8))
            exit(2)
        }
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { space.deallocate() }
        guard var first = LineSocket(path: settings.socket) else {
            FileHandle.standardError.write(Data("\(settings.socket): nobody answers\n".utf8))
            exit(2)
        }
        let queries = QueryMix.make(settings.queries, through: &first, space)
        guard !queries.isEmpty else {
            FileHandle.standardError.write(Data("the index holds no text to make queries of\n".utf8))
            exit(2)
        }
        print("\(queries.count) queries, limit \(settings.limit), snippets \(settings.snippets ? "on" : "off")")
        oneAfterTheOther(queries, settings, &first, space)
        if settings.connections > 0 { manyAtOnce(queries, settings, space) }
        if settings.idle > 0 { idle(settings) }
    }

    // MARK: One connection

    private static func oneAfterTheOther(
        _ queries: [String], _ settings: Settings, _ socket: inout LineSocket, _ space: UnsafeMutableRawBufferPointer
    ) {
        let kinds = ["common", "rare", "phrase", "prefix"]
        for pass in ["first time", "again"] {
            var times: [[Double]] = [[], [], [], []]
            var octets = 0
            for (index, query) in queries.enumerated() {
                let request = settings.request(query, id: index)
                let start = now()
                guard let answer = socket.ask(request, space) else { return print("the server went away") }
                times[index % 4].append(now() - start)
                octets += answer.count
            }
            print(
                "one connection, one after the other, \(pass): \(summary(times.flatMap { $0 }))"
                    + ", \(octets / queries.count) octets an answer")
            for (kind, times) in zip(kinds, times) where !times.isEmpty { print("  \(kind): \(summary(times))") }
        }
    }

    // MARK: Many connections

    private struct Client {
        var socket: LineSocket
        /// When each search under way was sent, by its id's place.
        var sent: [Int: Double] = [:]
        var next: Int
    }

    private static func manyAtOnce(_ queries: [String], _ settings: Settings, _ space: UnsafeMutableRawBufferPointer) {
        var clients: [Client] = []
        for number in 0..<settings.connections {
            guard let socket = LineSocket(path: settings.socket) else { return print("no connection \(number)") }
            clients.append(Client(socket: socket, next: number * queries.count / settings.connections))
        }
        defer { for client in clients { client.socket.end() } }
        let requests = queries.enumerated().map { settings.request($1, id: $0) }
        func ask(_ client: inout Client) {
            let query = client.next % queries.count
            client.next += 1
            client.sent[query] = now()
            _ = client.socket.send(requests[query])
        }
        let process = settings.pid.map { ServerProcess(pid: $0) }
        let cpuBefore = process?.cpu
        let start = now()
        let end = start + settings.seconds
        for index in clients.indices { for _ in 0..<settings.depth { ask(&clients[index]) } }
        var polls = clients.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
        var times: [Double] = []
        var octets = 0
        var failures = 0
        var moment = start
        while moment < end {
            guard poll(&polls, nfds_t(polls.count), 1_000) > 0 else {
                print("no answer for a second")
                return
            }
            moment = now()
            for index in polls.indices where polls[index].revents != 0 {
                var ids: [Int] = []
                let count = clients[index].socket.receive(into: space, keepsLines: false) { line in
                    if let id = identifier(of: line), !isError(line) { ids.append(id) } else { failures += 1 }
                }
                guard let count else { return print("the server went away") }
                octets += count
                for id in ids {
                    if let sent = clients[index].sent.removeValue(forKey: id) { times.append(moment - sent) }
                    ask(&clients[index])
                }
            }
        }
        let seconds = moment - start
        var line =
            "\(settings.connections) connections, \(settings.depth) searches under way on each: "
            + "\(Int(Double(times.count) / seconds)) searches/s, \(summary(times)), "
            + "\(Int(Double(octets) / seconds / 1e6)) MB/s"
        if failures > 0 { line += ", \(failures) FAILED" }
        if let cpuBefore, let cpu = process?.cpu {
            line += ", server \(rounded((cpu - cpuBefore) / seconds * 100, 0))% CPU"
        }
        if let memory = process?.memory { line += ", \(rounded(memory.resident, 0)) MB resident" }
        print(line)
    }

    /// `"id":N` stands among an answer's first octets.
    private static func identifier(of line: UnsafeRawBufferPointer) -> Int? {
        let key = Array("\"id\":".utf8)
        var index = 0
        let end = min(line.count, 64)
        while index + key.count < end {
            if line[index..<index + key.count].elementsEqual(key) {
                var number: Int?
                index += key.count
                while index < line.count, line[index] >= 0x30, line[index] <= 0x39 {
                    number = (number ?? 0) &* 10 &+ Int(line[index] - 0x30)
                    index += 1
                }
                return number
            }
            index += 1
        }
        return nil
    }

    private static func isError(_ line: UnsafeRawBufferPointer) -> Bool {
        let text = String(decoding: line.prefix(64), as: UTF8.self)
        return text.contains("\"error\":")
    }

    // MARK: Idle connections

    private static func idle(_ settings: Settings) {
        var sockets: [LineSocket] = []
        for _ in 0..<settings.idle {
            guard let socket = LineSocket(path: settings.socket) else { return print("no more connections") }
            sockets.append(socket)
        }
        guard let pid = settings.pid else { return print("idle clients: give --pid to see what they cost") }
        let process = ServerProcess(pid: pid)
        sleep(2)
        let before = process.cpu
        sleep(10)
        guard let before, let after = process.cpu, let memory = process.memory else {
            return print("idle clients: no /proc here")
        }
        print(
            "\(settings.idle) idle connections for 10 s: \(rounded(after - before, 2)) s CPU, "
                + "\(rounded(memory.resident, 1)) MB resident, \(rounded(memory.own, 1)) MB of it anonymous")
        for socket in sockets { socket.end() }
    }

    // MARK: Figures

    private static func summary(_ times: [Double]) -> String {
        guard !times.isEmpty else { return "no answers" }
        let sorted = times.sorted()
        func at(_ part: Double) -> String {
            rounded(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] * 1_000, 2)
        }
        return "p50 \(at(0.5)) ms, p99 \(at(0.99)) ms, longest \(at(1)) ms"
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What the arguments say.
private struct Settings {
    var socket = ""
    var pid: Int?
    var connections = 64
    var depth = 2
    var seconds = 10.0
    var queries = 1_000
    var limit = 20
    var snippets = true
    var idle = 0
    var held: String?

    mutating func read(_ arguments: [String]) -> Bool {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--no-snippets" {
                snippets = false
            } else if argument == "--hold" {
                held = rest.popFirst()
                if held == nil { return false }
            } else if !argument.hasPrefix("-"), socket.isEmpty {
                socket = argument
            } else {
                guard let number = rest.popFirst().flatMap({ Int($0) }), number >= 0 else { return false }
                switch argument {
                case "--pid": pid = number
                case "--connections": connections = number
                case "--depth": depth = max(number, 1)
                case "--seconds": seconds = Double(number)
                case "--queries": queries = max(number, 4)
                case "--limit": limit = number
                case "--idle": idle = number
                default: return false
                }
            }
        }
        return !socket.isEmpty
    }

    func request(_ query: String, id: Int) -> [UInt8] {
        let text = query.replacingOccurrences(of: "\"", with: "\\\"")
        let options = snippets ? "" : #","snippets":false"#
        let params = #"{"query":"\#(text)","limit":\#(limit)\#(options)}"#
        return Array((#"{"jsonrpc":"2.0","id":\#(id),"method":"search","params":\#(params)}"# + "\n").utf8)
    }
}
