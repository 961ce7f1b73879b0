import Logging
import TrawlService
import Presentation

/// Log lines on stderr: the time, the level, what happened, and its facts. What servers sent is made harmless.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    /// systemd's journal has its own time and level.
    var isForJournal = false

    init(level: Logger.Level) {
        logLevel = level
        isForJournal = Environment.value("JOURNAL_STREAM") != nil
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var text = isForJournal ? "" : "\(RFC3339.string(DateText.currentTime())) \(event.level.rawValue) "
        text += "\(event.message)"
        let all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        for key in all.keys.sorted() {
            guard let value = all[key] else { continue }
            text += " \(key)=\(value)"
        }
        Diagnostics.line(TerminalText.line(text))
    }
}
