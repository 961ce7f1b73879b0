import Glibc
import IMAPCore
import Testing

@testable import TrawlService

@Suite struct CredentialsTests {
    private func account(_ change: (inout AccountConfiguration) -> Void) -> AccountConfiguration {
        var account = AccountConfiguration(name: "work", host: "h", user: "ana")
        change(&account)
        return account
    }

    private func secret(_ account: AccountConfiguration) async throws -> String {
        let credentials = try await Credentials.fetch(for: account, timeout: 5) { $0 == "PASS" ? "from-env" : nil }
        #expect(!"\(credentials)".contains("hunter2"))
        #expect(!String(reflecting: credentials).contains("hunter2"))
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        switch credentials {
        case .password(_, let secret): return secret.withExposedText { $0 }
        case .token(_, let secret): return "token:" + secret.withExposedText { $0 }
        case .external: return "external"
        }
    }

    private func message(_ account: AccountConfiguration) async -> String {
        do {
            return try await "no error: \(secret(account))"
        } catch let error as ServiceError {
            #expect(error.code == .credentialUnavailable)
            return error.message
        } catch {
            return "another error"
        }
    }

    @Test func firstLineOfTheCommandIsThePassword() async throws {
        let account = account { $0.password = .command(["printf", "hunter2 \\r\\nuser: ana\\n"]) }
        #expect(try await secret(account) == "hunter2 ")
    }

    @Test func variableFileTokenAndCertificateAreWays() async throws {
        #expect(try await secret(account { $0.password = .environment("PASS") }) == "from-env")
        #expect(try await secret(account { $0.tokenCommand = ["echo", "hunter2"] }) == "token:hunter2")
        #expect(
            try await secret(
                account {
                    $0.mechanism = .xoauth2
                    $0.password = .environment("PASS")
                    $0.tokenCommand = ["echo", "t"]
                }) == "token:t")
        #expect(
            try await secret(
                account {
                    $0.mechanism = .external
                    $0.clientCertificate = "c"
                }) == "external")
    }

    @Test func aFileOthersCanReadIsRefused() async throws {
        var template = Array("/tmp/trawl-credentials-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        #expect(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        _ = write(descriptor, "hunter2\nnotes\n", 14)
        close(descriptor)
        let account = account { $0.password = .file(path) }
        #expect(try await secret(account) == "hunter2")
        chmod(path, 0o640)
        let refused = await message(account)
        #expect(refused.contains("can be read by others; run: chmod 600 \(path)"))
        #expect(!refused.contains("hunter2"))
    }

    @Test func faultsNameTheAccountAndTheWay() async {
        #expect(
            await message(account { $0.password = .command(["false"]) })
                == "account work: password-command: false ended with status 1")
        #expect(await message(account { $0.password = .command(["true"]) }).contains("password-command wrote nothing"))
        #expect(
            await message(account { $0.password = .environment("UNSET") })
                == "account work: the variable UNSET (password-env) isn't set")
        #expect(await message(account { $0.password = .file("/no/such") }).contains("No such file"))
        #expect(await message(account { _ in }).contains("no password-command"))
    }
}
