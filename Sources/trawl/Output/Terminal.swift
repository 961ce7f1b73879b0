#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import ArgumentParser

/// When colour is used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, always, never
}

/// What is known of the terminal that a stream leads to, if it leads to one.
struct Terminal: Sendable {
    var isTerminal: Bool
    var usesColor: Bool
    /// Columns; 80 where they can't be told.
    var width: Int
    /// Rows; 0 where they can't be told.
    var height = 0

    init(descriptor: Int32, color: ColorChoice = .auto) {
        isTerminal = isatty(descriptor) == 1
        switch color {
        case .always: usesColor = true
        case .never: usesColor = false
        case .auto:
            // https://no-color.org: present and not empty, whatever its value.
            let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
            let isDumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? false
            usesColor = isTerminal && !noColor && !isDumb
        }
        width = 80
        if isTerminal {
            var size = winsize()
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                width = Int(size.ws_col)
                height = Int(size.ws_row)
            }
        }
    }
}

/// Colours by what they mean.
struct Style: Sendable {
    var isOn: Bool

    private func wrap(_ text: String, _ code: StaticString) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    func id(_ text: String) -> String { wrap(text, "35") }
    func date(_ text: String) -> String { wrap(text, "36") }
    func sender(_ text: String) -> String { wrap(text, "32") }
    func unread(_ text: String) -> String { wrap(text, "1") }
    func heading(_ text: String) -> String { wrap(text, "1") }
    func match(_ text: String) -> String { wrap(text, "1;31") }
    func faint(_ text: String) -> String { wrap(text, "2") }
    func good(_ text: String) -> String { wrap(text, "32") }
    func warning(_ text: String) -> String { wrap(text, "33") }
    func bad(_ text: String) -> String { wrap(text, "1;31") }
}
