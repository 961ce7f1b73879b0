import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// The planner's choices, as tables of what is known and what the server says.
struct SyncPlannerTests {
    private let box = MailboxID(rawValue: 7)
    private let planner = SyncPlanner()

    private func cursor(
        next: UInt32 = 101, modSeq: UInt64? = 50, downTo: UInt32? = 1, count: Int? = 100, validity: UInt32 = 9
    ) -> MailboxCursor {
        MailboxCursor(
            mailbox: box, uidValidity: validity, uidNext: next, highestModSeq: modSeq, backfilledDownTo: downTo,
            serverCount: count)
    }

    private func status(
        messages: Int? = 100, next: UID? = 101, validity: UInt32 = 9, modSeq: ModSequence? = 50
    ) -> IMAPCore.MailboxStatus {
        var status = IMAPCore.MailboxStatus()
        status.messages = messages
        status.uidNext = next
        status.uidValidity = UIDValidity(validity)
        status.highestModSeq = modSeq
        return status
    }

    private let hundred = UIDSet(1...100)

    @Test func unchangedOnlyWhenAllNumbersAgree() {
        #expect(planner.isUnchanged(cursor(), status()))
        #expect(!planner.isUnchanged(cursor(), status(messages: 99)))
        #expect(!planner.isUnchanged(cursor(), status(next: 102)))
        #expect(!planner.isUnchanged(cursor(), status(validity: 10)))
        #expect(!planner.isUnchanged(cursor(), status(modSeq: 51)))
        #expect(!planner.isUnchanged(cursor(), status(modSeq: nil)))
        #expect(!planner.isUnchanged(cursor(modSeq: nil), status(modSeq: 0)))
        #expect(!planner.isUnchanged(cursor(downTo: 40), status()))
        #expect(!planner.isUnchanged(nil, status()))
    }

    @Test func aFirstLookFetchesAllFromTheNewestDown() {
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100, highestModSeq: 50, telling: .condStore)
        #expect(
            planner.plan(box, known: KnownMailbox(), server: server) == [.backfill(below: 101), .finish(cursor())])
    }

    @Test func anotherUIDValidityForgetsThePlaces() {
        let known = KnownMailbox(cursor: cursor(validity: 8), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100, highestModSeq: 50, telling: .condStore)
        #expect(
            planner.plan(box, known: known, server: server)
                == [.reset(uidValidity: 9), .backfill(below: 101), .finish(cursor())])
    }

    @Test func withQRESYNCChangesAndRemovalsAreAskedForAtOnceAndUIDsNever() {
        let known = KnownMailbox(cursor: cursor(), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 103, exists: 99, highestModSeq: 60, telling: .qResync)
        #expect(
            planner.plan(box, known: known, server: server) == [
                .fetchChanges(hundred, since: 50), .fetchNew(101...102),
                .finish(cursor(next: 103, modSeq: 60, count: 99)),
            ])
    }

    @Test func withTheSameModSequenceNothingIsAsked() {
        let known = KnownMailbox(cursor: cursor(), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100, highestModSeq: 50, telling: .qResync)
        #expect(planner.plan(box, known: known, server: server) == [.finish(cursor())])
    }

    @Test func withCONDSTOREAloneUIDsAreComparedOnlyWhenTheCountsDiffer() {
        let known = KnownMailbox(cursor: cursor(), uids: hundred)
        let same = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100, highestModSeq: 60, telling: .condStore)
        #expect(
            planner.plan(box, known: known, server: same) == [
                .fetchChanges(hundred, since: 50), .finish(cursor(modSeq: 60)),
            ])
        let fewer = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 97, highestModSeq: 60, telling: .condStore)
        #expect(
            planner.plan(box, known: known, server: fewer) == [
                .compareUIDs, .fetchChanges(hundred, since: 50), .finish(cursor(modSeq: 60, count: 97)),
            ])
        // One came and one went: the count alone would not tell.
        let hidden = ServerMailbox(uidValidity: 9, uidNext: 102, exists: 100, highestModSeq: 60, telling: .condStore)
        #expect(planner.plan(box, known: known, server: hidden).first == .compareUIDs)
    }

    @Test func withoutModSequencesAllFlagsAreCompared() {
        let known = KnownMailbox(cursor: cursor(modSeq: nil), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100)
        #expect(
            planner.plan(box, known: known, server: server) == [.compareFlags(hundred), .finish(cursor(modSeq: nil))])
    }

    @Test func anInterruptedFirstSyncGoesOnBelowWhereItStood() {
        let known = KnownMailbox(cursor: cursor(downTo: 41), uids: UIDSet(41...100))
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 100, highestModSeq: 60, telling: .qResync)
        #expect(
            planner.plan(box, known: known, server: server) == [
                .fetchChanges(UIDSet(41...100), since: 50), .backfill(below: 41), .finish(cursor(modSeq: 60)),
            ])
    }

    @Test func aModSequenceThatWentBackMakesAllFlagsDoubtful() {
        let known = KnownMailbox(cursor: cursor(), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 101, exists: 49, highestModSeq: 49, telling: .qResync)
        #expect(
            planner.plan(box, known: known, server: server) == [
                .compareUIDs, .compareFlags(hundred), .backfill(below: 101),
                .finish(cursor(modSeq: 49, count: 49)),
            ])
    }

    /// Cyrus gives mailboxes that are made in one second the same UIDVALIDITY: renamed to a name that has become free, one
    /// looks like the other with UIDs given once more.
    @Test func aUIDNEXTThatWentBackMakesAllUIDsDoubtful() {
        let known = KnownMailbox(cursor: cursor(), uids: hundred)
        let server = ServerMailbox(uidValidity: 9, uidNext: 50, exists: 49, highestModSeq: 60, telling: .qResync)
        #expect(
            planner.plan(box, known: known, server: server) == [
                .reset(uidValidity: 9), .backfill(below: 50), .finish(cursor(next: 50, modSeq: 60, count: 49)),
            ])
    }
}

/// Random mailboxes, random changes, plans cut off at random steps: in the end the index holds what the server holds.
struct SyncPlannerModelTests {
    private struct Server {
        var uidValidity: UInt32 = 1
        var uidNext: UInt32 = 1
        var modSeq: UInt64 = 1
        var messages: [UInt32: (flags: Int, modSeq: UInt64)] = [:]
        /// When which UID went.
        var gone: [UInt32: UInt64] = [:]

        mutating func change(_ random: inout SeededRandom) {
            modSeq += 1
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                messages[uidNext] = (Int.random(in: 0..<4, using: &random), modSeq)
                uidNext += UInt32.random(in: 1...3, using: &random)
            case 45..<70:
                guard let uid = messages.keys.sorted().randomElement(using: &random) else { return }
                messages[uid] = (Int.random(in: 0..<4, using: &random), modSeq)
            case 70..<97:
                guard let uid = messages.keys.sorted().randomElement(using: &random) else { return }
                messages[uid] = nil
                gone[uid] = modSeq
            default:
                self = Server(uidValidity: uidValidity + 1, modSeq: modSeq)
                for uid in 1...UInt32.random(in: 1...9, using: &random) {
                    messages[uid] = (0, modSeq)
                    uidNext = uid + 1
                }
            }
        }
    }

    private struct Index {
        var cursor: MailboxCursor?
        var flags: [UInt32: Int] = [:]

        var known: KnownMailbox {
            KnownMailbox(cursor: cursor, uids: UIDSet(flags.keys.compactMap(UID.init(rawValue:))))
        }
    }

    /// Does what the real run does; returns early after `steps` steps, as if killed.
    private func run(
        _ plan: [SyncStep], _ index: inout Index, _ server: Server, _ telling: ChangeTelling, steps: Int
    ) {
        for step in plan.prefix(steps) {
            switch step {
            case .reset: index = Index()
            case .fetchChanges(let uids, let since):
                for (uid, modSeq) in server.gone where telling == .qResync && modSeq > since { index.flags[uid] = nil }
                for (uid, message) in server.messages
                where message.modSeq > since && index.flags[uid] != nil
                    && (UID(rawValue: uid).map(uids.contains) ?? false)
                {
                    index.flags[uid] = message.flags
                }
            case .compareFlags(let uids):
                for uid in uids where index.flags[uid.rawValue] != nil {
                    index.flags[uid.rawValue] = server.messages[uid.rawValue]?.flags
                }
            case .compareUIDs:
                for uid in index.flags.keys where server.messages[uid] == nil { index.flags[uid] = nil }
            case .fetchNew(let range):
                for (uid, message) in server.messages where range.contains(uid) && index.flags[uid] == nil {
                    index.flags[uid] = message.flags
                }
            case .backfill(let below):
                for uid in index.flags.keys where uid < below && server.messages[uid] == nil { index.flags[uid] = nil }
                for (uid, message) in server.messages where uid < below && index.flags[uid] == nil {
                    index.flags[uid] = message.flags
                }
            case .finish(let cursor): index.cursor = cursor
            }
        }
    }

    @Test(arguments: ChangeTelling.allCases)
    func everyPlanEndsInWhatTheServerHolds(_ telling: ChangeTelling) {
        var random = SeededRandom.announced("everyPlanEndsInWhatTheServerHolds(\(telling))")
        for _ in 0..<300 {
            var server = Server()
            var index = Index()
            for _ in 0..<15 {
                for _ in 0..<Int.random(in: 0...6, using: &random) { server.change(&random) }
                let isKilled = random.chance(percent: 40)
                let opened = ServerMailbox(
                    uidValidity: server.uidValidity, uidNext: server.uidNext, exists: server.messages.count,
                    highestModSeq: telling == .nothing ? nil : server.modSeq, telling: telling)
                let plan = SyncPlanner().plan(MailboxID(rawValue: 1), known: index.known, server: opened)
                let steps = isKilled ? Int.random(in: 0...plan.count, using: &random) : plan.count
                run(plan, &index, server, telling, steps: steps)
                if steps == plan.count {
                    #expect(index.flags == server.messages.mapValues(\.flags))
                    #expect(index.cursor?.isComplete == true)
                }
            }
        }
    }
}
