#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// When colour is used.
package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never
}

/// What is known of the terminal that a stream leads to, if it leads to one.
package struct Terminal: Sendable {
    package var isTerminal: Bool
    package var usesColor: Bool
    /// Columns; 80 where they can't be told.
    package var width: Int
    /// Rows; 0 where they can't be told.
    package var height = 0

    package init(descriptor: Int32, color: ColorChoice = .auto) {
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
package struct Style: Sendable {
    package var isOn: Bool

    package init(isOn: Bool) { self.isOn = isOn }

    private func wrap(_ text: String, _ code: StaticString) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    package func id(_ text: String) -> String { wrap(text, "35") }
    package func date(_ text: String) -> String { wrap(text, "36") }
    package func sender(_ text: String) -> String { wrap(text, "32") }
    package func unread(_ text: String) -> String { wrap(text, "1") }
    package func heading(_ text: String) -> String { wrap(text, "1") }
    package func match(_ text: String) -> String { wrap(text, "1;31") }
    /// What ``match(_:)`` puts before and after a text that is not empty.
    package var matchMarks: (before: String, after: String) {
        isOn ? ("\u{1B}[1;31m", "\u{1B}[0m") : ("", "")
    }
    package func faint(_ text: String) -> String { wrap(text, "2") }
    package func good(_ text: String) -> String { wrap(text, "32") }
    package func warning(_ text: String) -> String { wrap(text, "33") }
    package func bad(_ text: String) -> String { wrap(text, "1;31") }
}
