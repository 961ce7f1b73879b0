import NIOPosix

/// Finds the IMAP server of a mail address: among the known providers, by SRV records (RFC 6186), or by who takes the
/// domain's mail in.
///
/// Asks DNS alone, through the system's resolver. DNS can be forged: what it tells is a proposal that the user is to
/// see before a password goes there (RFC 6186 §6), see ``Found/isSure``.
public struct ServerDiscovery: Sendable {
    /// Where a finding is from.
    public enum Origin: Hashable, Sendable {
        /// The list in this program.
        case provider
        /// `_imaps._tcp` or `_imap._tcp` of this domain.
        case service(domain: String)
        /// The domain's mail is taken in by this host, which is a known provider's.
        case exchange(String)
    }

    public struct Found: Hashable, Sendable {
        public var host: String
        public var port: Int
        public var security: AccountConfiguration.Security
        public var origin: Origin
        public var provider: MailProvider?
        /// False where DNS names a host outside of the address's own domain, which anybody on the way might have said.
        public var isSure: Bool
    }

    public enum Outcome: Hashable, Sendable {
        case found(Found)
        /// The domain says nothing of an IMAP server.
        case nothing
        /// The domain says that it has none.
        case notOffered
        /// No name server answered.
        case failed
    }

    private let ask: @Sendable (String, DNSAnswer.RecordType) -> SystemResolver.Outcome

    public init() { self.init(ask: SystemResolver.query) }

    /// - Parameter ask: may hold up its thread.
    init(ask: @escaping @Sendable (String, DNSAnswer.RecordType) -> SystemResolver.Outcome) { self.ask = ask }

    /// What stands behind the last @; nil where that is no domain.
    public static func domain(of address: String) -> String? {
        guard let at = address.lastIndex(of: "@"), at != address.startIndex else { return nil }
        let domain = address[address.index(after: at)...].lowercased()
        return DNSAnswer.isHostName(domain) && domain.contains(".") ? domain : nil
    }

    /// Whether a host's name is a domain's, or below it.
    static func isHost(_ host: String, within domain: String) -> Bool {
        let (host, domain) = (host.lowercased(), domain.lowercased())
        return host == domain || host.hasSuffix("." + domain)
    }

    /// - Parameter domain: in ASCII (what DNS knows of an international one).
    public func find(_ domain: String) async throws -> Outcome {
        if let provider = MailProvider.of(domain: domain) {
            return .found(
                Found(
                    host: provider.host, port: 993, security: .tls, origin: .provider, provider: provider,
                    isSure: true))
        }
        // All at once: a name server that is silent is waited for once and not three times.
        async let implicit = answer("_imaps._tcp.\(domain)", .service)
        async let plain = answer("_imap._tcp.\(domain)", .service)
        async let incoming = answer(domain, .exchange)
        let answers = try await (implicit, plain, incoming)
        // Of both, TLS from the first octet is the better one (RFC 8314 §5.1).
        let services = [(answers.0, AccountConfiguration.Security.tls), (answers.1, .startTLS)]
        for (answer, security) in services {
            guard case .records(let records) = answer, let best = records.services.first, !best.host.isEmpty else {
                continue
            }
            return .found(
                Found(
                    host: best.host.lowercased(), port: best.port, security: security,
                    origin: .service(domain: domain), provider: MailProvider.of(host: best.host),
                    isSure: Self.isHost(best.host, within: domain)))
        }
        if case .records(let records) = answers.2, let exchange = records.exchanges.first,
            let provider = MailProvider.of(exchange: exchange.host)
        {
            return .found(
                Found(
                    host: provider.host, port: 993, security: .tls, origin: .exchange(exchange.host.lowercased()),
                    provider: provider, isSure: false))
        }
        if services.contains(where: { $0.0.isRefusal }) { return .notOffered }
        return services.allSatisfy { $0.0 == .failed } ? .failed : .nothing
    }

    private enum Answer: Hashable, Sendable {
        case records(DNSAnswer)
        case nothing
        case failed

        /// The domain says that the service isn't offered.
        var isRefusal: Bool {
            if case .records(let records) = self { records.services.first?.host.isEmpty == true } else { false }
        }
    }

    private func answer(_ name: String, _ type: DNSAnswer.RecordType) async throws -> Answer {
        let ask = ask
        switch try await NIOThreadPool.singleton.runIfActive({ ask(name, type) }) {
        case .answer(let bytes): return DNSAnswer(bytes).map(Answer.records) ?? .failed
        case .nothing: return .nothing
        case .failed: return .failed
        }
    }
}
