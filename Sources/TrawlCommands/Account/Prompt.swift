#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// Questions on the terminal, a line each. They go to stderr, since stdout carries results alone.
struct Prompt {
    /// Octets of an answer at most; what is longer is cut off.
    private static let longestAnswer = 4_096

    let style: Style

    init() { style = Style(isOn: Terminal(descriptor: 2).usesColor) }

    /// Whether there is somebody to ask.
    static var isPossible: Bool { isatty(0) == 1 && isatty(2) == 1 }

    func say(_ text: String) { Diagnostics.line(text) }

    /// Asks until there is an answer that `check` accepts; an empty line takes what is proposed.
    ///
    /// - Parameter check: what is wrong with an answer, for people; nil for nothing.
    ///
    /// Errors: `CancellationError` at the end of the input (Ctrl-D).
    func ask(_ question: String, proposed: String? = nil, check: (String) -> String? = { _ in nil }) throws -> String {
        while true {
            let hint = proposed.map { " [\(TerminalText.line($0))]" } ?? ""
            Diagnostics.write("\(style.heading(question))\(hint): ")
            guard let line = Swift.readLine() else {
                Diagnostics.line("")
                throw CancellationError()
            }
            let text = line.trimmingBlanks()
            let answer = text.isEmpty ? proposed ?? "" : text
            if answer.isEmpty { continue }
            guard let problem = check(answer) else { return answer }
            say("  \(style.warning(TerminalText.line(problem)))")
        }
    }

    /// Lets one of some be chosen by its number.
    func choose(_ question: String, among choices: [String], proposed: Int) throws -> Int {
        say(style.heading(question))
        for (index, choice) in choices.enumerated() { say("  \(index + 1)  \(choice)") }
        let answer = try ask("Number", proposed: String(proposed + 1)) { answer in
            guard let number = Int(answer), (1...choices.count).contains(number) else {
                return "write a number from 1 to \(choices.count)"
            }
            return nil
        }
        return (Int(answer) ?? 1) - 1
    }

    /// Asks for what is not to be seen. The terminal's echo is on again afterwards, whatever was typed.
    ///
    /// Errors: `CancellationError` for Ctrl-C, Ctrl-D and the end of the input.
    func askSecret(_ question: String) throws -> String {
        var saved = termios()
        guard tcgetattr(0, &saved) == 0 else { throw CancellationError() }
        var silent = saved
        // Ctrl-C is read as a key: a signal would end the program and leave the terminal without its echo.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(0, TCSAFLUSH, &silent)
        defer {
            tcsetattr(0, TCSAFLUSH, &saved)
            Diagnostics.line("")
        }
        while true {
            Diagnostics.write("\(style.heading(question)) (not shown): ")
            let secret = try readSecret()
            if !secret.isEmpty { return secret }
            Diagnostics.line("")
        }
    }

    private func readSecret() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw CancellationError() }
            switch byte {
            case 10, 13: return String(decoding: bytes, as: UTF8.self)
            case 3, 4, 28: throw CancellationError()
            // Backspace takes a whole character of UTF-8 away, Ctrl-U all.
            case 8, 127:
                while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 21: bytes.removeAll()
            default: if bytes.count < Self.longestAnswer { bytes.append(byte) }
            }
        }
    }
}
