#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve the Model Context Protocol over stdin and stdout.",
        discussion: """
            For programs that give language models tools: search, read, thread, addresses and status, all of them
            read-only. Mail is marked as untrusted. In the configuration of such a program:

              {"mcpServers": {"trawl": {"command": "trawl", "args": ["mcp"]}}}

            By hand, for a look at it:

              trawl mcp <<< '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
            """)

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let places = places
        let configuration = try Configuration.loadIfPresent(places.paths)
        var server = MCPServer(
            version: Version.text, savedQueries: configuration.queries, users: configuration.accounts.map(\.user)
        ) { try places.openIndex() }
        var output = Output()
        var lines = InputLines(limit: MCPServer.longestLine)
        while let line = lines.next() {
            guard let answer = server.answer(line) else { continue }
            output.write(answer)
            output.flush()
        }
    }
}

/// Lines of stdin. One over the limit comes cut, which is no JSON and is answered as that.
struct InputLines {
    let limit: Int
    private var buffer: [UInt8] = []
    private var isAtEnd = false

    init(limit: Int) { self.limit = limit }

    mutating func next() -> [UInt8]? {
        var searched = 0
        var isSkipping = false
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                let line = Array(buffer[..<min(end, limit)])
                buffer.removeFirst(end + 1)
                return line
            }
            if isAtEnd {
                defer { buffer.removeAll() }
                return buffer.isEmpty ? nil : buffer
            }
            if buffer.count > limit {
                // Enough is kept to answer that it is too long.
                isSkipping = true
                buffer.removeLast(buffer.count - limit)
            }
            searched = buffer.count
            let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
                var result = read(0, bytes.baseAddress, bytes.count)
                while result < 0, errno == EINTR { result = read(0, bytes.baseAddress, bytes.count) }
                count = max(result, 0)
            }
            if piece.isEmpty { isAtEnd = true }
            if isSkipping, let end = piece.firstIndex(of: 10) {
                buffer += piece[end...]
                isSkipping = false
            } else if !isSkipping {
                buffer += piece
            }
        }
    }
}
