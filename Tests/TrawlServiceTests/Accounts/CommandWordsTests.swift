import Testing

@testable import TrawlService

@Suite struct CommandWordsTests {
    @Test(arguments: [
        ("pass show mail/work", ["pass", "show", "mail/work"]),
        ("  a\t b  ", ["a", "b"]),
        ("'a b' \"c d\" e\\ f", ["a b", "c d", "e f"]),
        ("a'b'\"c\"", ["abc"]),
        ("a '' \"\"", ["a", "", ""]),
        ("a \"\\\" \\\\ \\x\" '\\'", ["a", "\" \\ \\x", "\\"]),
        ("sh -c 'a | b > $HOME'", ["sh", "-c", "a | b > $HOME"]),
        ("a~b", ["a~b"]),
    ])
    func wordsAreAShells(text: String, words: [String]) throws {
        #expect(try CommandWords.split(text) == words)
    }

    @Test(arguments: [
        ("", "names no program"), ("   ", "names no program"), ("'' a", "names no program"),
        ("a 'b", "not closed"), ("a \"b", "not closed"), ("a \\", "not closed"),
        ("a | b", "wants a shell"), ("a > b", "wants a shell"), ("a $B", "wants a shell"),
        ("a \"$B\"", "wants a shell"),
        ("a; b", "wants a shell"), ("~/bin/a", "wants a shell"), ("a `b`", "wants a shell"), ("a *", "wants a shell"),
    ])
    func whatWantsAShellIsTold(text: String, problem: String) {
        #expect {
            try CommandWords.split(text)
        } throws: {
            ($0 as? ServiceError)?.message.contains(problem) == true
        }
    }
}
