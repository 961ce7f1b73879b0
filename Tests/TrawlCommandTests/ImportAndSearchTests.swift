import Foundation
import Testing

@Suite struct ImportAndSearchTests {
    private func imported() throws -> TrawlProcess {
        let trawl = try TrawlProcess()
        try trawl.write(
            TrawlProcess.message(
                "Budget for spring", id: "budget@example.org", day: 5, body: "The figures are attached."),
            to: "letters/one.eml")
        try trawl.write(
            TrawlProcess.message("Lunch?", from: "Bo <bo@example.net>", day: 6, body: "Café at noon, 会議 after."),
            to: "letters/two.eml")
        try trawl.write(
            TrawlProcess.message(
                "Re: Budget for spring", from: "Luis <luis@example.com>", day: 7, body: "Too high.\n\n> The figures",
                extra: "In-Reply-To: <budget@example.org>\nReferences: <budget@example.org>"), to: "letters/three.eml")
        let result = try trawl.run("import", "letters")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.isEmpty)
        #expect(result.error.contains("1 mailbox: 3 added, 0 unchanged"), "\(result.error)")
        return trawl
    }

    @Test func wordsAreFoundNewestFirst() throws {
        let trawl = try imported()
        let found = try trawl.run("search", "budget", "--format", "jsonl")
        #expect(found.status == 0)
        #expect(found.lines.count == 2)
        #expect(found.lines.first?.contains("\"subject\":\"Re: Budget for spring\"") == true)
        #expect(found.lines.first?.contains("\"mailboxes\":[{\"account\":\"local\",\"mailbox\":\"letters\"") == true)
        #expect(try trawl.run("search", "cafe").lines.count == 2, "accents don't matter; a line and its snippet")
        #expect(try trawl.run("search", "会議", "--format", "ids").lines.count == 1)
        #expect(try trawl.run("search", "budget", "-high", "--format", "ids").lines.count == 1)
        #expect(try trawl.run("search", "from:luis", "high", "--format", "ids").lines.count == 1)
        #expect(try trawl.run("search", "--format", "ids", "--sort", "oldest", "*").lines.count == 3)
        #expect(try trawl.run("search", "budget", "--threads", "--format", "ids").lines.count == 1)
        #expect(try trawl.run("search", "*", "--limit", "2", "--format", "ids").lines.count == 2)
        #expect(try trawl.run("search", "*", "--limit", "2", "--offset", "2", "--format", "ids").lines.count == 1)
    }

    @Test func languagesOfTheConfigurationReachTheIndexAtTheNextWriting() throws {
        let trawl = try imported()
        let config = try trawl.write("", to: "config.toml")
        let environment = ["TRAWL_CONFIG": config]
        #expect(try trawl.run("count", "lunches", environment: environment).status == 1)
        try trawl.write("[index]\nlanguages = [\"english\"]\n", to: "config.toml")
        let first = try trawl.run("import", "letters", environment: environment)
        #expect(first.status == 0)
        #expect(first.error.contains("all text is indexed anew, with the stems of english"), "\(first.error)")
        #expect(try trawl.run("count", "lunches", environment: environment).text == "1\n")
        #expect(try trawl.run("count", "\"lunches\"", environment: environment).status == 1)
        let second = try trawl.run("import", "letters", environment: environment)
        #expect(!second.error.contains("anew"), "\(second.error)")
        try trawl.write("", to: "config.toml")
        let third = try trawl.run("import", "letters", environment: environment)
        #expect(third.error.contains("all text is indexed anew, without stems"), "\(third.error)")
        #expect(try trawl.run("count", "lunches", environment: environment).status == 1)
        #expect(try trawl.run("check").status == 0)
    }

    @Test func theQueryLanguageIsToldOnOnePage() throws {
        let trawl = try TrawlProcess()
        let page = try trawl.run("help", "query")
        #expect(page.status == 0 && page.error.isEmpty)
        for field in [
            "from:", "to:", "cc:", "bcc:", "participant:", "subject:", "body:", "attachment:", "filename:", "type:",
            "list:", "account:", "in:", "folder:", "mailbox:", "is:", "has:", "keyword:", "tag:", "label:", "date:",
            "after:", "before:", "on:", "newer:", "older:", "larger:", "smaller:", "id:", "mid:", "thread:", "query:",
        ] { #expect(page.text.contains(field), "\(field)") }
        #expect(page.text.split(separator: "\n").allSatisfy { $0.count <= 90 })
        #expect(try trawl.run("search", "--help").text.contains("trawl help query"))
    }

    @Test func meIsWhoTheAccountsBelongTo() throws {
        let trawl = try imported()
        let none = try trawl.run("search", "from:me")
        #expect(none.status == 2 && none.output.isEmpty)
        #expect(none.error.contains("No address of yours is known"), "\(none.error)")
        #expect(try trawl.run("count", "from:\"me\"").text == "0\n")
        let config = try trawl.write(
            """
            [accounts.home]
            host = "imap.example.org"
            user = "ana@example.org"
            password-env = "SECRET"
            """, to: "config.toml")
        let environment = ["TRAWL_CONFIG": config]
        #expect(try trawl.run("count", "from:me", environment: environment).text == "1\n")
        #expect(try trawl.run("count", "budget", "-from:me", environment: environment).text == "1\n")
        #expect(
            try trawl.run("explain", "from:me", environment: environment).text.hasPrefix("from:me[ana@example.org]\n"))
        try trawl.write("[accounts", to: "config.toml")
        let broken = try trawl.run("search", "from:me", environment: environment)
        #expect(broken.status == 2 && broken.error.contains("config.toml:1"), "\(broken.error)")
    }

    @Test func facetsCountWhatIsFound() throws {
        let trawl = try imported()
        let json = try trawl.run("search", "budget", "--facets", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(object["total"] as? Int == 2)
        let facets = try #require(object["facets"] as? [String: [[String: Any]]])
        func counts(_ name: String) -> [String: Int] {
            Dictionary(
                (facets[name] ?? []).map { ($0["value"] as? String ?? "", $0["count"] as? Int ?? 0) },
                uniquingKeysWith: +)
        }
        #expect(counts("senders") == ["ana@example.org": 1, "luis@example.com": 1])
        #expect(counts("mailboxes") == ["letters": 2])
        #expect(counts("years") == ["2024": 2])
        #expect(counts("lists").isEmpty)
        let text = try trawl.run("search", "budget", "--facets").text
        #expect(text.contains("from:ana@example.org") && text.contains("in:letters") && text.contains("date:2024"))
        // Each line is a query that finds as many.
        #expect(try trawl.run("count", "budget", "from:luis@example.com").text == "1\n")
    }

    @Test func everyFormatIsWhatItSays() throws {
        let trawl = try imported()
        let json = try trawl.run("search", "figures", "subject:spring", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(object["total"] as? Int == 2)
        #expect(object["complete"] as? Bool == true)
        let hits = try #require(object["hits"] as? [[String: Any]])
        let hit = try #require(hits.last)
        #expect(hit["messageId"] as? [String] == ["budget@example.org"])
        #expect(hit["sentAt"] as? String == "2024-03-05T12:34:56Z")
        #expect((hit["from"] as? [[String: String]])?.first == ["name": "Ana Silva", "email": "ana@example.org"])
        #expect((hit["snippet"] as? [String: Any])?["body"] as? String == "The <mark>figures</mark> are attached.")
        #expect(hit["preview"] as? String == "The figures are attached.")
        let id = try #require(hit["id"] as? String)

        #expect(try trawl.run("search", "mid:budget@example.org", "--format", "ids").text == id + "\n")
        #expect(try trawl.run("search", "mid:budget@example.org", "--format", "null").text == id + "\0")
        #expect(
            try trawl.run("search", "id:\(id)", "--format", "message-ids").text == "budget@example.org\n")
        let text = try trawl.run("search", "id:\(id)")
        #expect(text.text == "\(id)  2024-03-05 12:34  N    Ana Silva               Budget for spring\n")
        #expect(
            try trawl.run("search", "attached").text.contains(
                "\n" + String(repeating: " ", count: id.count + 2) + "The figures are attached.\n"))
        #expect(!(try trawl.run("search", "attached", "--no-snippets").text.contains("figures")))
        #expect(try trawl.run("search", "attached", "--color", "always").text.contains("\u{1B}[1;31mattached\u{1B}[0m"))

        let shown = try trawl.run("show", id)
        #expect(shown.text.contains("From:    Ana Silva <ana@example.org>\n"), "\(shown.text)")
        #expect(shown.text.hasSuffix("\n\nThe figures are attached.\n"))
        #expect(try trawl.run("show", "<budget@example.org>").text == shown.text)
        let raw = try trawl.run("show", id, "--format", "raw")
        #expect(try raw.output == Data(contentsOf: URL(fileURLWithPath: trawl.folder.path("letters/one.eml"))))
        #expect(try trawl.run("show", id, "--format", "headers").text.hasSuffix("charset=utf-8\n"))
        let shownJSON = try trawl.run("show", id, "--format", "json")
        let shownObject = try #require(try JSONSerialization.jsonObject(with: shownJSON.output) as? [String: Any])
        #expect((shownObject["text"] as? String)?.hasPrefix("The figures are attached.") == true)
        #expect(try trawl.run("thread", id, "--format", "ids").lines.count == 2)
    }

    @Test func exitStatusesAreThoseOfGrep() throws {
        let trawl = try TrawlProcess()
        let none = try trawl.run("search", "x")
        #expect(none.status == 2)
        #expect(none.error.hasPrefix("trawl: there is no index at "), "\(none.error)")
        #expect(none.error.split(separator: "\n").count == 1)
        let full = try imported()
        #expect(try full.run("search", "budget").status == 0)
        let nothing = try full.run("search", "zebra")
        #expect(nothing.status == 1)
        #expect(nothing.output.isEmpty && nothing.error.isEmpty)
        let count = try full.run("count", "zebra")
        #expect(count.status == 1 && count.text == "0\n")
        #expect(try full.run("count", "*", "--require-complete").text == "3\n")
        #expect(try full.run("show", "zzz").status == 1)
        for wrong in [
            ["search", "(budget"], ["search", "--limt", "3", "x"], ["search", "x", "--format", "xml"], ["search"],
            ["serch", "x"], ["search", "date:never"], ["import", "/no/such/folder"], ["show"], ["search", "bdy:x"],
        ] {
            let result = try full.run(wrong)
            #expect(result.status == 2, "\(wrong) \(result.error)")
            #expect(result.output.isEmpty)
            #expect(!result.error.isEmpty)
        }
        #expect(try full.run("--version").status == 0)
        #expect(try full.run("search", "--help").text.contains("has:attachment"))
    }

    @Test func queryFaultsAreMarked() throws {
        let trawl = try imported()
        let result = try trawl.run("search", "budget", "(figures")
        let lines = result.error.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "trawl: can't read the query")
        #expect(lines.dropFirst().first == "  budget (figures")
        #expect(lines.dropFirst(2).first == "         ^")
        #expect(try trawl.run("serch", "x").error == "trawl: no command \"serch\"; did you mean \"trawl search\"?\n")
        #expect(
            try trawl.run("search", "--limt", "3").error
                == "trawl: unknown option \"--limt\"; did you mean \"--limit\"?\n")
    }

    @Test func theRestOfTheCommandsAnswer() throws {
        let trawl = try imported()
        #expect(try trawl.run("addresses", "an").text == "Ana Silva <ana@example.org>\t1\n")
        #expect(try trawl.run("mailboxes").text.contains("local    letters         3       3"))
        #expect(try trawl.run("status").text.contains("3 messages, "))
        let status = try trawl.run("status", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: status.output) as? [String: Any])
        #expect(object["messages"] as? Int == 3)
        #expect(try trawl.run("status", "--format", "prometheus").text.contains("trawl_messages 3\n"))
        let check = try trawl.run("check")
        #expect(check.status == 0, "\(check.text) \(check.error)")
        let packed = try trawl.run("check", "--pack")
        #expect(packed.status == 0 && packed.text.contains("packed: "), "\(packed.text) \(packed.error)")
        #expect(try trawl.run("count", "*").text == "3\n")
        #expect(try trawl.run("explain", "budget", "-draft").text.contains("not\n"))
        for (shell, way) in [("bash", "complete -F _trawl"), ("zsh", "#compdef trawl"), ("fish", "complete -c trawl")] {
            #expect(try trawl.run("completions", shell).text.contains(way))
        }
    }
}
