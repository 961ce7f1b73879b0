import Testing

@testable import TrawlService

@Suite struct ServerDiscoveryTests {
    /// Finds with a DNS that knows these names alone.
    private func find(
        _ domain: String, services: [String: (port: Int, host: String)] = [:], exchange: String? = nil,
        fails: Bool = false
    ) async throws -> ServerDiscovery.Outcome {
        try await ServerDiscovery { name, type in
            if fails { return .failed }
            var writer = DNSAnswerWriter(question: name, type: UInt8(type.rawValue))
            switch type {
            case .service:
                guard let service = services[name] else { return .nothing }
                writer.addService(0, 0, port: service.port, service.host)
            case .exchange:
                guard let exchange else { return .nothing }
                writer.addExchange(10, exchange)
            }
            return .answer(writer.bytes)
        }.find(domain)
    }

    private func found(_ outcome: ServerDiscovery.Outcome) throws -> ServerDiscovery.Found {
        guard case .found(let found) = outcome else { throw ServiceError(.operationFailed, "\(outcome)") }
        return found
    }

    @Test func knownProvidersAreNotAskedFor() async throws {
        let gmail = try found(try await find("gmail.com", fails: true))
        #expect(gmail.host == "imap.gmail.com" && gmail.port == 993 && gmail.isSure)
        #expect(gmail.provider?.advice?.contains("app password") == true)
        #expect(try found(try await find("outlook.com", fails: true)).provider?.wantsToken == true)
    }

    @Test func implicitTLSGoesBeforeSTARTTLS() async throws {
        let both = try await find(
            "example.org",
            services: [
                "_imaps._tcp.example.org": (993, "Mail.Example.org"),
                "_imap._tcp.example.org": (143, "old.example.org"),
            ])
        #expect(
            try found(both)
                == ServerDiscovery.Found(
                    host: "mail.example.org", port: 993, security: .tls, origin: .service(domain: "example.org"),
                    provider: nil, isSure: true))
        let plain = try found(
            try await find("example.org", services: ["_imap._tcp.example.org": (10143, "old.example.org")]))
        #expect(plain.port == 10143 && plain.security == .startTLS)
    }

    /// RFC 6186 §6: anybody on the way may have said it.
    @Test func aHostOutsideOfTheDomainIsNotSure() async throws {
        let elsewhere = try found(
            try await find("example.org", services: ["_imaps._tcp.example.org": (993, "imap.fastmail.com")]))
        #expect(!elsewhere.isSure)
        #expect(elsewhere.provider?.name == "Fastmail")
        let lookalike = try await find("example.org", services: ["_imaps._tcp.example.org": (993, "evilexample.org")])
        #expect(try !found(lookalike).isSure)
    }

    @Test func whoTakesTheMailInTellsTheProvider() async throws {
        let google = try found(try await find("example.org", exchange: "aspmx.l.google.com"))
        #expect(google.host == "imap.gmail.com" && !google.isSure && google.origin == .exchange("aspmx.l.google.com"))
        let microsoft = try found(try await find("example.org", exchange: "example-org.mail.protection.outlook.com"))
        #expect(microsoft.host == "outlook.office365.com")
        #expect(try await find("example.org", exchange: "mx.example.org") == .nothing)
        #expect(try await find("example.org", exchange: "notgoogle.com") == .nothing)
    }

    @Test func nothingRefusalAndSilenceAreThreeThings() async throws {
        #expect(try await find("example.org") == .nothing)
        #expect(try await find("example.org", services: ["_imaps._tcp.example.org": (0, "")]) == .notOffered)
        #expect(try await find("example.org", fails: true) == .failed)
    }

    @Test(arguments: [
        ("ana@example.org", "example.org"), ("\"a@b\"@Example.ORG", "example.org"), ("ana", nil), ("@example.org", nil),
        ("ana@", nil), ("ana@localhost", nil), ("ana@exa mple.org", nil), ("ana@example..org", nil),
    ])
    func domains(address: String, domain: String?) {
        #expect(ServerDiscovery.domain(of: address) == domain)
    }
}
