import Foundation
import TestSupport
import Testing

@testable import TrawlService

@Suite struct CommandRunnerTests {
    private let runner = CommandRunner(timeout: 20, outputLimit: 200_000)

    private func failure(_ runner: CommandRunner, _ arguments: [String], input: [UInt8] = []) async -> String {
        do {
            _ = try await runner.run(arguments, input: input)
            return "no error"
        } catch let error as ServiceError {
            #expect(error.code == .commandFailed)
            return error.message
        } catch {
            return "another error: \(error)"
        }
    }

    @Test func argumentsReachTheCommandWithoutAShell() async throws {
        let output = try await runner.run(["printf", "%s|", "a b", "$HOME", "*", "; rm"])
        #expect(String(decoding: output, as: UTF8.self) == "a b|$HOME|*|; rm|")
    }

    @Test func inputLargerThanAPipeGoesThrough() async throws {
        let input = [UInt8](repeating: 0x61, count: 200_000)
        #expect(try await runner.run(["cat"], input: input) == input)
        // One that reads nothing of it isn't waited for.
        #expect(try await runner.run(["true"], input: input).isEmpty)
    }

    @Test func failuresSayWhatFailedButNotTheArguments() async {
        #expect(
            await failure(runner, ["/no/such/program", "hunter2"]) == "/no/such/program: No such file or directory")
        #expect(await failure(runner, ["sh", "-c", "exit 3 # hunter2"]) == "sh ended with status 3")
        #expect(await failure(runner, ["sh", "-c", "kill -9 $$"]) == "sh ended with status 137")
        #expect(await failure(runner, []) == "a command without a program")
    }

    @Test func timeAndOutputAreLimited() async {
        let slow = CommandRunner(timeout: 1, outputLimit: 100)
        #expect(await failure(slow, ["sleep", "30"]) == "sleep took more than 1 s and was ended")
        #expect(
            await failure(slow, ["sh", "-c", "exec >&-; sleep 30"]) == "sh took more than 1 s and was ended")
        #expect(await failure(slow, ["yes"]) == "yes wrote more than 100 octets and was ended")
    }

    #if os(Linux)
        /// `tail` keeps a line till it knows that it is the last.
        @Test func memoryIsLimitedForAllThatACommandStarts() async throws {
            let hungry = ["sh", "-c", "head -c 200000000 /dev/zero | tail >/dev/null 2>&1"]
            var runner = CommandRunner(timeout: 30, outputLimit: 100)
            #expect(try await runner.run(hungry) == [])
            runner.memoryLimit = 64 << 20
            #expect(await failure(runner, hungry) == "sh ended with status 1")
            #expect(try await runner.run(["echo", "frugal"]) == Array("frugal\n".utf8))
        }

        @Test func theTimeLimitEndsWhatTheCommandStarted() async throws {
            let folder = try TemporaryFolder("trawl-runner")
            let runner = CommandRunner(timeout: 1, outputLimit: 100)
            let mark = folder.path("mark")
            #expect(
                await failure(runner, ["sh", "-c", "(sleep 3; touch \(mark)) & sleep 30"])
                    == "sh took more than 1 s and was ended")
            try await Task.sleep(for: .seconds(3))
            #expect(!FileManager.default.fileExists(atPath: mark))
        }
    #endif

    @Test func manyAtOnceDoNotHoldEachOtherUp() async throws {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<40 {
                group.addTask { try await runner.run(["cat"], input: Array("\(number)".utf8)) }
            }
            var seen: Set<[UInt8]> = []
            for try await output in group { seen.insert(output) }
            #expect(seen.count == 40)
        }
    }
}
