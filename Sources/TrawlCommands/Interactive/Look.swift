/// What a piece of the screen is, from which its look follows.
enum Role: UInt8, Hashable, Sendable {
    case plain, faint, heading, unread, sender, date, match, quoted, fault, warning, rule, prompt
}

struct Look: Hashable, Sendable {
    var role: Role = .plain
    var isSelected = false
}

/// Looks as a terminal's SGR parameters (ECMA-48 §8.3.117).
struct Theme: Sendable {
    /// Without colour, weight and underlines tell the same.
    var usesColor: Bool

    func parameters(_ look: Look) -> String {
        if look.isSelected {
            // Reversed, each colour would be a patch of another background.
            let shown = Self.plain(look.role)
            return shown.isEmpty ? "7" : "7;\(shown)"
        }
        return usesColor ? Self.colored(look.role) : Self.plain(look.role)
    }

    private static func colored(_ role: Role) -> String {
        switch role {
        case .plain: ""
        case .faint, .quoted, .rule: "2"
        case .heading, .unread: "1"
        case .sender: "32"
        case .date: "36"
        case .match: "1;31"
        case .fault: "4;31"
        case .warning: "33"
        case .prompt: "1;34"
        }
    }

    private static func plain(_ role: Role) -> String {
        switch role {
        case .plain, .faint, .quoted, .rule, .sender, .date: ""
        case .heading, .unread, .prompt, .warning: "1"
        case .match: "1;4"
        case .fault: "4"
        }
    }
}
