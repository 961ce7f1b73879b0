import IMAPCore
import NIOCore
import Testing

/// A dialogue, step by step: what the server says, and all that the machine then wants done, in order.
struct Dialogue {
    var machine: ConnectionStateMachine
    var framer = ResponseFramer()
    var now: Int64 = 0

    init(
        _ security: ConnectionConfiguration.Security = .tls,
        _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) {
        var configuration = ConnectionConfiguration(security: security)
        change(&configuration)
        machine = ConnectionStateMachine(configuration: configuration, now: MonotonicTime(nanoseconds: 0))
    }

    /// Greeted, and with these capabilities.
    static func greeted(
        _ capabilities: String, _ security: ConnectionConfiguration.Security = .tls,
        _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Dialogue {
        var dialogue = Dialogue(security, change)
        _ = dialogue.server("* OK [CAPABILITY \(capabilities)] hi")
        return dialogue
    }

    static func authenticated(
        _ capabilities: String = "IMAP4rev1", _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Dialogue {
        var dialogue = Dialogue(.tls, change)
        _ = dialogue.server("* PREAUTH [CAPABILITY \(capabilities)] hi")
        return dialogue
    }

    var time: MonotonicTime { MonotonicTime(nanoseconds: now * 1_000_000_000) }

    mutating func server(_ lines: String...) -> [String] {
        for line in lines {
            framer.append(ByteBuffer(string: line + "\r\n"))
            while let frame = Optional(framer.next()), frame != .incomplete { machine.receive(frame, now: time) }
        }
        return actions()
    }

    mutating func submit(_ command: Command) -> [String] {
        _ = machine.submit(command, now: time)
        return actions()
    }

    mutating func wait(_ seconds: Int64) -> [String] {
        now += seconds
        machine.handleTimeout(now: time)
        return actions()
    }

    mutating func actions() -> [String] {
        var result: [String] = []
        while let action = machine.nextAction() { result.append(Self.describe(action)) }
        return result
    }

    static func describe(_ action: ConnectionAction) -> String {
        switch action {
        case .greeted(let condition, let text): return "greeted \(condition.rawValue) \(text.text)"
        case .send(let bytes):
            return "send "
                + String(decoding: bytes.readableBytesView, as: UTF8.self).split(
                    separator: "\r\n", omittingEmptySubsequences: false
                ).joined(separator: "⏎")
        case .startTLS: return "start TLS"
        case .startCompression: return "start compression"
        case .data(let id, let response): return "data \(id.rawValue) \(describe(response))"
        case .event(let event):
            switch event {
            case .fetch(let message): return "event fetch \(message.uid?.rawValue ?? 0)"
            case .capabilities: return "event capabilities"
            case .other(let response): return "event \(describe(response))"
            case .skipped(let skipped): return "event skipped \(skipped.reason)"
            case .status(let name, _): return "event status \(name)"
            case .mailbox(let info): return "event mailbox \(info.name)"
            case .notice(_, let text): return "event notice \(text.text)"
            case .bye(let text): return "event bye \(text.text)"
            case .exists, .recent, .expunged, .vanished, .flags, .alert: return "event \(event)"
            }
        case .idling(let id): return "idling \(id.rawValue)"
        case .complete(let id, let outcome):
            switch outcome {
            case .ok(let text): return "\(id.rawValue) ok \(text.text)"
            case .no(let text): return "\(id.rawValue) no \(text.text)"
            case .bad(let text): return "\(id.rawValue) bad \(text.text)"
            case .refused(let refusal): return "\(id.rawValue) refused \(refusal)"
            case .failed(let error): return "\(id.rawValue) failed \(error.code)"
            case .connectionClosed: return "\(id.rawValue) closed"
            }
        case .close(let reason):
            switch reason {
            case .bye(let text): return "close bye \(text.text)"
            case .responseTimeout(let command): return "close timeout \(command)"
            default: return "close \(reason)"
            }
        }
    }

    private static func describe(_ response: UntaggedResponse) -> String {
        switch response {
        case .fetch(let message): "fetch \(message.uid?.rawValue ?? 0)"
        case .exists(let count): "exists \(count)"
        case .recent(let count): "recent \(count)"
        case .flags: "flags"
        case .list(_, let info): "list \(info.name)"
        case .status(let name, _): "status \(name)"
        case .search(let result): "search \(result.numbers)"
        case .extendedSearch(let result): "esearch \(result.tag ?? "")"
        case .condition(_, let text): "condition \(text.text)"
        case .vanished(let uids, _): "vanished \(uids)"
        case .enabled(let capabilities): "enabled \(capabilities.map(\.rawValue).joined(separator: " "))"
        case .capability: "capability"
        case .expunge(let number): "expunge \(number)"
        case .id: "id"
        case .namespace: "namespace"
        case .sort, .thread, .quota, .quotaRoot, .known, .unknown: "other"
        }
    }
}
