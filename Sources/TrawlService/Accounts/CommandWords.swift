/// A command written on one line, parted into its words as a shell would, for configurations that run it without one.
public enum CommandWords {
    /// What only a shell would understand outside of quotes.
    private static let shellsOwn: Set<Character> = ["|", "&", ";", "<", ">", "$", "`", "*", "?", "(", ")", "#"]

    /// Quotes and backslashes are a shell's; nothing else is.
    ///
    /// Errors: ``ServiceError/Code/requestInvalid`` for no words, a quote that isn't closed, and what wants a shell.
    public static func split(_ text: String) throws(ServiceError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                // Within double quotes a backslash stays before what it doesn't escape.
                if quote == "\"", !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else if open == "\"", character == "$" || character == "`" {
                    throw wantsShell(character)
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let complete = word { words.append(complete) }
                word = nil
            } else if shellsOwn.contains(character) || (character == "~" && word == nil) {
                throw wantsShell(character)
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw ServiceError(.requestInvalid, "the command's quotes are not closed")
        }
        if let word { words.append(word) }
        guard let program = words.first, !program.isEmpty else {
            throw ServiceError(.requestInvalid, "the command names no program")
        }
        return words
    }

    private static func wantsShell(_ character: Character) -> ServiceError {
        ServiceError(
            .requestInvalid,
            "\"\(character)\" in the command wants a shell, and it is run without one; quote it, or write: sh -c '…'")
    }
}
