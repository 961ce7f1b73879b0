import CResolv

/// DNS through the system's own resolver (`/etc/resolv.conf`): nobody else is asked.
enum SystemResolver {
    /// Seconds that each name server is waited for, once.
    static let timeout: Int32 = 3

    /// What came of a question.
    enum Outcome: Hashable, Sendable {
        case answer([UInt8])
        /// There are no such records.
        case nothing
        /// No name server answered, or what it said was no answer.
        case failed
    }

    /// Holds up the calling thread, at most ``timeout`` seconds for each name server.
    static func query(_ name: String, _ type: DNSAnswer.RecordType) -> Outcome {
        var bytes = [UInt8](repeating: 0, count: DNSAnswer.longestAnswer)
        let length = Int(trawl_resolver_query(name, type.rawValue, &bytes, Int32(bytes.count), timeout))
        if length < 0 { return .failed }
        return length == 0 ? .nothing : .answer(Array(bytes.prefix(length)))
    }
}
