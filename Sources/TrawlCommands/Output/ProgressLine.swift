import MailSearch
import Presentation

/// One line on stderr that tells how far long work has come: renewed in place on a terminal, now and then a plain line
/// elsewhere, nothing where it is to be quiet.
final class ProgressLine {
    private let isTerminal: Bool
    private let width: Int
    private let isQuiet: Bool
    private let startedAt: Double
    private var shownAt = -1.0
    private var isShown = false

    /// Seconds between renewals on a terminal, and between lines elsewhere.
    private static let pause = 0.1
    private static let plainPause = 10.0

    init(quiet: Bool) {
        let terminal = Terminal(descriptor: 2)
        isTerminal = terminal.isTerminal
        width = terminal.width
        isQuiet = quiet
        startedAt = MonotonicClock.seconds
    }

    var elapsed: Double { MonotonicClock.seconds - startedAt }

    /// - Parameters:
    ///   - what: what is worked on, as mail names it.
    ///   - count: messages so far.
    ///   - fraction: 0 to 1; nil where the end isn't known.
    func show(_ what: String, count: Int, fraction: Double?) {
        guard !isQuiet else { return }
        let now = elapsed
        guard shownAt < 0 || now - shownAt >= (isTerminal ? Self.pause : Self.plainPause) else { return }
        // A plain line that is there before anything was done tells nothing.
        if !isTerminal, shownAt < 0, now < Self.plainPause { return }
        shownAt = now
        let rate = now > 0.2 ? " \(Int(Double(count) / now))/s" : ""
        var text = "\(count) messages\(rate)"
        if let fraction, fraction > 0.001 {
            let part = min(1, fraction)
            let bar = isTerminal ? Self.bar(part) + " " : ""
            text = "\(bar)\(Int(part * 100))%  \(text)"
            if now > 2, part < 1 { text += "  \(Self.duration(now * (1 - part) / part)) left" }
        }
        text += "  \(TerminalText.line(what))"
        if isTerminal {
            Diagnostics.write("\r\(DisplayWidth.truncate(text, to: width - 1))\u{1B}[K")
            isShown = true
        } else {
            Diagnostics.line(text)
        }
    }

    /// Takes the line away.
    func clear() {
        if isShown { Diagnostics.write("\r\u{1B}[K") }
        isShown = false
    }

    private static func bar(_ fraction: Double) -> String {
        let full = Int(fraction * 20)
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: 20 - full) + "]"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e7))
        if whole < 60 { return "\(max(whole, 1)) s" }
        if whole < 3600 { return "\(whole / 60) min" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
