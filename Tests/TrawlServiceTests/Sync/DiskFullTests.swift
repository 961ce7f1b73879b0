import Foundation
import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// A disk that fills in the middle of a sync.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct DiskFullTests {
    @Test func aFullDiskIsOneClearErrorAndNothingIsLost() async throws {
        var harness = try SyncHarness()
        let disk = harness.folder.path("small-disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        guard geteuid() == 0, (try? run("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", disk])) != nil else {
            print("skipped: mounting a tmpfs needs root and the right to mount")
            return
        }
        defer { _ = try? run("umount", ["-l", disk]) }
        let user = harness.server.user.name
        for number in 1...300 {
            let body = (0..<400).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined(
                separator: " ")
            try harness.server.deliver(sampleMessage("letter \(number)", body: body), to: user)
        }
        let store = try IndexStore.open(disk + "/data", access: .readWrite)
        harness.environment.store = store
        harness.environment.sleep = { try await Task.sleep(for: .seconds(min($0, 0.1))) }
        let small = harness
        await #expect { try await small.sync() } throws: { ($0 as? IndexError)?.code == .diskFull }
        // Served, it waits, says why, and goes on by itself when there is room.
        try await small.serving { _ in
            try await Task.sleep(for: .milliseconds(500))
            try run("mount", ["-o", "remount,size=200m", disk])
            #expect(try await small.eventually(30) { try store.status().messageCount == 300 })
            #expect(try await small.eventually { try store.status().accounts.first?.state == "watching" })
        }
        #expect(try store.check().problems.isEmpty)
        #expect(try store.status().accounts.first?.lastError == nil)
        try store.close()
    }
}
