import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// 2024-05-15 is a Wednesday; Berlin is two hours east of UTC then, one in winter.
private let noon = Int64(1_715_767_200)
private let berlin = QueryContext(
    now: noon,
    zoneOffset: { instant in
        // Summer time of 2023 to 2025, to the second.
        let summers: [Range<Int64>] = [
            1_679_792_400..<1_698_541_200, 1_711_846_800..<1_729_990_800, 1_743_296_400..<1_761_440_400,
        ]
        return summers.contains { $0.contains(instant) } ? 7200 : 3600
    },
    savedQueries: [
        "bills": "subject:(invoice OR rechnung) has:attachment", "work": "in:work/*", "both": "query:bills query:work",
        "me-again": "query:you-again", "you-again": "x OR query:me-again", "broken": "from:(ana",
    ])

/// The query as it was read, or what was wrong with it: `code@from-to: message | hint`.
private func read(_ text: String, _ context: QueryContext = berlin) -> String {
    do {
        return try QueryParser.parse(text, context: context).root.description
    } catch {
        let place = "\(error.range.lowerBound)-\(error.range.upperBound)"
        return "\(error.code)@\(place): \(error.message)" + (error.hint.map { " | \($0)" } ?? "")
    }
}

@Suite("Queries as they are read")
struct QueryParserTests {
    @Test(
        "words, phrases and operators",
        arguments: [
            ("hello", #""hello""#),
            ("Hello World", #"(and "hello" "world")"#),
            ("  hello\t\u{3000}world  ", #"(and "hello" "world")"#),
            ("hello AND world", #"(and "hello" "world")"#),
            ("a and b or not c", #"(or (and "a" "b") (not "c"))"#),
            ("a OR b c", #"(or "a" (and "b" "c"))"#),
            ("a b OR c d", #"(or (and "a" "b") (and "c" "d"))"#),
            ("not a b", #"(and (not "a") "b")"#),
            ("NOT NOT a", #""a""#),
            ("- a", "noWord@0-1: There is no letter or digit in - | punctuation is not indexed; leave it out"),
            ("-a", #"(not "a")"#),
            ("a -b -c", #"(and "a" (not "b") (not "c"))"#),
            ("-(a b)", #"(not (and "a" "b"))"#),
            ("-\"a b\"", #"(not "a b")"#),
            ("-from:ana", #"(not from:"ana")"#),
            ("foo-bar", #""foo bar""#),
            ("--force", #""force""#),
            ("(a OR b) c", #"(and (or "a" "b") "c")"#),
            ("((a))", #""a""#),
            ("(a)(b)", #"(and "a" "b")"#),
            ("f(x)", #"(and "f" "x")"#),
            ("{a b \"c d\"}", #"(or "a" "b" "c d")"#),
            ("{from:a OR from:b} c", #"(and (or from:"a" from:"b") "c")"#),
            ("{a}", #""a""#),
            ("a}b", #""a b""#),
            (#""a phrase""#, #""a phrase""#),
            (#""and" or "not""#, #"(or "and" "not")"#),
            (#"a"b c"d"#, #"(and "a" "b c" "d")"#),
            ("“smart quotes”", #""smart quotes""#),
            ("„unten oben“", #""unten oben""#),
            ("pre*", #""pre"*"#),
            ("\"in seq\"*", #""in seq"*"#),
            ("*", "*"),
            ("* -foo", #"(and * (not "foo"))"#),
            ("(*)", "*"),
            ("a NEAR/5 b", #"(near/5 "a" "b")"#),
            ("a near/5 b", #"(near/5 "a" "b")"#),
            ("a NEAR b", #"(near/10 "a" "b")"#),
            ("a near b", #"(and "a" "near" "b")"#),
            ("a NEAR/2 b NEAR/7 \"c d\"", #"(near/7 "a" "b" "c d")"#),
            ("x a NEAR/2 b y", #"(and "x" (near/2 "a" "b") "y")"#),
            ("subject:(a NEAR/3 b*)", #"subject:(near/3 "a" "b"*)"#),
            ("not a near/1 b", #"(not (near/1 "a" "b"))"#),
            // What the tokenizer makes of words
            ("Canción O'Neill", #"(and "cancion" "oneill")"#),
            ("INV-2024/0071", #""inv 2024 0071""#),
            ("ana@example.org", #""ana example org""#),
            ("https://example.org/a?b", #""https example org a b""#),
            ("12:30", #""12 30""#),
            ("会議", #""会議""#), ("会", #""会"*"#), ("会議室", #""会議 議室""#), ("\"東京 tower\"", #""東京 京 tower""#),
            ("👍", #""👍""#), ("foo!", #""foo""#),
        ])
    func words(text: String, tree: String) {
        #expect(read(text) == tree)
    }

    @Test(
        "fields",
        arguments: [
            ("from:ana", #"from:"ana""#), ("FROM:Ana", #"from:"ana""#), ("from:@example.org", #"from:"example org""#),
            ("from:\"Ana Ruiz\"", #"from:"ana ruiz""#), ("from:an*", #"from:"an"*"#),
            ("to:a cc:b bcc:c", #"(and to:"a" cc:"b" bcc:"c")"#),
            ("participant:ana", #"{from to cc bcc}:"ana""#), ("contact:ana", #"{from to cc bcc}:"ana""#),
            ("recip:ana", #"{to cc bcc}:"ana""#), ("f:ana", #"from:"ana""#), ("s:hello", #"subject:"hello""#),
            ("subject:hello body:x attachment:y", #"(and subject:"hello" body:"x" attachment:"y")"#),
            ("subject:(a OR \"b c\")", #"(or subject:"a" subject:"b c")"#),
            ("subject:(a from:b)", #"(and subject:"a" from:"b")"#), ("subject:not", #"subject:"not""#),
            ("from:{a b}", #"(or from:"a" from:"b")"#), ("from:(-a)", #"(not from:"a")"#),
            ("subject:re:invent", #"subject:"re invent""#), ("subject:会", #"subject:"会"*"#),
            ("filename:*.PDF", "filename:*.pdf~"), ("filename:report", #"filename:"report""#),
            ("filename:\"a*b\"", #"filename:"a*b""#), ("file:x.txt", #"filename:"x.txt""#),
            ("type:application/pdf", #"type:"application/pdf""#), ("type:image/*", "type:image/*~"),
            ("type:image", "type:image/*~"), ("type:PDF", "type:*/pdf~"),
            ("mimetype:text/calendar", #"type:"text/calendar""#),
            ("list:swift-dev", #"list:"swift-dev""#), ("account:work", #"account:"work""#),
            ("in:INBOX", #"in:"inbox""#), ("in:sent", #"in:"sent""#), ("folder:a/*", "in:a/*~"),
            ("mailbox:\"My Mail\"", #"in:"my mail""#), ("maildir:/x", #"in:"/x""#), ("in:anywhere", "*"),
            ("in:(a OR b)", #"(or in:"a" in:"b")"#), ("in:Entwürfe", #"in:"entwurfe""#),
            ("is:unread", "(not is:seen)"), ("is:unseen", "(not is:seen)"), ("tag:unread", "(not is:seen)"),
            ("flag:unread", "(not is:seen)"), ("is:read", "is:seen"), ("is:flagged", "is:flagged"),
            ("is:starred", "is:flagged"),
            ("label:starred", "is:flagged"), ("is:answered", "is:answered"), ("is:replied", "is:answered"),
            ("is:draft", "is:draft"),
            ("is:(unread flagged)", "(and (not is:seen) is:flagged)"),
            ("has:attachment", "has:attachment"), ("flag:attach", "has:attachment"),
            ("tag:attachment", "has:attachment"),
            ("keyword:$Forwarded", #"keyword:"$forwarded""#), ("keyword:$seen", "is:seen"),
            ("keyword:unread", #"keyword:"unread""#),
            ("tag:todo", #"tag:"todo""#), ("label:Work/Bills", #"label:"work/bills""#), ("tag:work*", "tag:work*~"),
            ("larger:500k", "size:[512001,]"), ("smaller:2M", "size:[,2097151]"), ("larger:1.5G", "size:[1610612737,]"),
            ("size:1k..2k", "size:[1024,2048]"), ("larger:10MB", "size:[10485761,]"),
            ("id:SGH03QO", "id:sgh03qo"), ("id:a@b", "mid:a@b"), ("mid:<A.b@c>", "mid:A.b@c"),
            ("rfc822msgid:x@y", "mid:x@y"),
            ("thread:abc", "thread:abc"), ("mid:\"odd id@x\"", "mid:odd id@x"),
            ("query:bills", #"(and (or subject:"invoice" subject:"rechnung") has:attachment)"#),
            (
                "query:both -x",
                #"(and (and (and (or subject:"invoice" subject:"rechnung") has:attachment) in:work/*~) (not "x"))"#
            ),
        ])
    func fields(text: String, tree: String) {
        #expect(read(text) == tree)
    }

    @Test(
        "dates, in the local zone",
        arguments: [
            ("date:2024", "date:[2023-12-31T23:00:00Z,2024-12-31T23:00:00Z)"),
            ("date:2024-03", "date:[2024-02-29T23:00:00Z,2024-03-31T22:00:00Z)"),
            ("date:2024-03-05", "date:[2024-03-04T23:00:00Z,2024-03-05T23:00:00Z)"),
            ("date:20240305", "date:[2024-03-04T23:00:00Z,2024-03-05T23:00:00Z)"),
            ("after:2024/03/05", "date:[2024-03-04T23:00:00Z,)"),
            ("before:2024-3-5", "date:[,2024-03-04T23:00:00Z)"),
            ("on:2024-07-01", "date:[2024-06-30T22:00:00Z,2024-07-01T22:00:00Z)"),
            ("date:2024-02-29", "date:[2024-02-28T23:00:00Z,2024-02-29T23:00:00Z)"),
            ("date:2023..2024-03", "date:[2022-12-31T23:00:00Z,2024-03-31T22:00:00Z)"),
            ("date:2024-03..", "date:[2024-02-29T23:00:00Z,)"), ("date:..2024-03", "date:[,2024-03-31T22:00:00Z)"),
            ("date:2024-03..!", "date:[2024-02-29T23:00:00Z,2024-03-31T22:00:00Z)"),
            ("date:today", "date:[2024-05-14T22:00:00Z,2024-05-15T22:00:00Z)"),
            ("date:yesterday..", "date:[2024-05-13T22:00:00Z,)"), ("date:today..", "date:[2024-05-14T22:00:00Z,)"),
            ("date:last-week", "date:[2024-05-05T22:00:00Z,2024-05-12T22:00:00Z)"),
            ("date:\"last week\"", "date:[2024-05-05T22:00:00Z,2024-05-12T22:00:00Z)"),
            ("date:this_month", "date:[2024-04-30T22:00:00Z,2024-05-31T22:00:00Z)"),
            ("date:last-month", "date:[2024-03-31T22:00:00Z,2024-04-30T22:00:00Z)"),
            ("date:last-year", "date:[2022-12-31T23:00:00Z,2023-12-31T23:00:00Z)"),
            ("date:wednesday", "date:[2024-05-14T22:00:00Z,2024-05-15T22:00:00Z)"),
            ("on:monday", "date:[2024-05-12T22:00:00Z,2024-05-13T22:00:00Z)"),
            ("on:thu", "date:[2024-05-08T22:00:00Z,2024-05-09T22:00:00Z)"),
            ("on:last-wednesday", "date:[2024-05-07T22:00:00Z,2024-05-08T22:00:00Z)"),
            ("date:march", "date:[2024-02-29T23:00:00Z,2024-03-31T22:00:00Z)"),
            ("date:december", "date:[2023-11-30T23:00:00Z,2023-12-31T23:00:00Z)"),
            ("date:mar-2023", "date:[2023-02-28T23:00:00Z,2023-03-31T22:00:00Z)"),
            ("newer:7d", "date:[2024-05-08T10:00:00Z,)"), ("newer_than:2w", "date:[2024-05-01T10:00:00Z,)"),
            ("older:2y", "date:[,2022-05-15T11:00:00Z)"), ("older_than:3m", "date:[,2024-02-15T11:00:00Z)"),
            ("newer:12h", "date:[2024-05-14T22:00:00Z,)"), ("date:3days..", "date:[2024-05-12T10:00:00Z,)"),
            ("date:3-days-ago", "date:[2024-05-11T22:00:00Z,2024-05-12T22:00:00Z)"),
            ("date:2w..1w", "date:[2024-05-01T10:00:00Z,2024-05-08T10:00:01Z)"),
            ("date:2024-05-15T12:30", "date:[2024-05-15T10:30:00Z,2024-05-15T10:31:00Z)"),
            ("after:2024-05-15T12:30:10Z", "date:[2024-05-15T12:30:10Z,)"),
            ("after:2024-05-15T12:30:10-04:30", "date:[2024-05-15T17:00:10Z,)"),
            ("date:@1715767200..", "date:[2024-05-15T10:00:00Z,)"), ("before:now", "date:[,2024-05-15T10:00:00Z)"),
            // The clocks skip 02:00 to 03:00 on 2024-03-31 and show it twice on 2024-10-27.
            ("after:2024-03-31T02:30", "date:[2024-03-31T01:00:00Z,)"),
            ("after:2024-10-27T02:30", "date:[2024-10-27T00:30:00Z,)"),
            ("newer:99999y", "date:[1970-01-01T00:00:00Z,)"),
            (
                "date:(2022 OR 2024)",
                "(or date:[2021-12-31T23:00:00Z,2022-12-31T23:00:00Z) date:[2023-12-31T23:00:00Z,2024-12-31T23:00:00Z))"
            ),
        ])
    func dates(text: String, tree: String) {
        #expect(read(text) == tree)
    }

    @Test("ages are of the minute, so that who asks again in it asks the same; but for those in seconds")
    func agesOfTheMinute() {
        var later = berlin
        later.now += 59
        for text in ["newer:7d", "older:2y", "newer:12h", "older:5min", "date:2w..1w", "date:3-days-ago"] {
            #expect(read(text, later) == read(text))
        }
        #expect(read("newer:30s", later) == "date:[2024-05-15T10:00:29Z,)")
        #expect(read("before:now", later) == "date:[,2024-05-15T10:00:59Z)")
        later.now += 1
        #expect(read("newer:7d", later) == "date:[2024-05-08T10:01:00Z,)")
    }

    @Test(
        "what cannot be read is told with its place and a hint",
        arguments: [
            ("", "empty@0-0: The query is empty | * finds everything"),
            ("   ", "empty@0-0: The query is empty | * finds everything"),
            ("!!", "noWord@0-2: There is no letter or digit in !! | punctuation is not indexed; leave it out"),
            ("foo & bar", "noWord@4-5: There is no letter or digit in & | punctuation is not indexed; leave it out"),
            (#""""#, #"noWord@0-2: There is no letter or digit in "" | punctuation is not indexed; leave it out"#),
            ("**", "noWord@0-2: There is no letter or digit in ** | * alone finds everything"),
            ("subject:*", "noWord@8-9: There is no letter or digit in * | * alone finds everything"),
            (
                "fo*o",
                "wildcardMisplaced@2-3: * is understood only at the end of a word | quote the word if the star is part of it"
            ),
            (
                "a *foo",
                "wildcardMisplaced@2-3: * is understood only at the end of a word | quote the word if the star is part of it"
            ),
            (#"a "b c"#, #"unbalanced@2-6: This quote is never closed | add " where the phrase ends"#),
            ("(a b", "unbalanced@0-1: This parenthesis is never closed | add )"),
            ("a b)", "unbalanced@3-4: This parenthesis closes nothing | leave it out, or quote it"),
            ("()", "operatorMisplaced@0-2: There is nothing between these parentheses | leave them out, or quote them"),
            ("{}", "operatorMisplaced@0-2: There is nothing between these parentheses | leave them out, or quote them"),
            ("{a (b}", "unbalanced@3-4: This parenthesis is never closed | add )"),
            (
                "{a AND b}",
                "operatorMisplaced@3-6: { } means one of these, so AND has no place in it | use parentheses within the braces"
            ),
            ("and", #"operatorMisplaced@0-3: AND has nothing before it | to search for the word, quote it: "and""#),
            ("or b", #"operatorMisplaced@0-2: OR has nothing before it | to search for the word, quote it: "or""#),
            (
                "a or",
                "operatorMisplaced@4-4: Something is missing at the end | an operator stands between two conditions; quote and, or, not to search for them"
            ),
            (
                "not",
                "operatorMisplaced@3-3: Something is missing at the end | an operator stands between two conditions; quote and, or, not to search for them"
            ),
            (
                "(a or)",
                "operatorMisplaced@5-6: Something is missing here | an operator stands between two conditions; quote and, or, not to search for them"
            ),
            (
                "a and or b",
                #"operatorMisplaced@6-8: OR has nothing before it | to search for the word, quote it: "or""#
            ),
            (
                "a NEAR/5 from:b",
                "operatorMisplaced@9-15: NEAR joins words and phrases | put the field outside: subject:(boat NEAR/5 rudder)"
            ),
            ("a near/x b", "operatorMisplaced@2-8: NEAR/ wants a number of words up to 1000 | boat NEAR/5 rudder"),
            (
                "a near/5",
                "operatorMisplaced@8-8: Something is missing at the end | an operator stands between two conditions; quote and, or, not to search for them"
            ),
            (
                "form:ana",
                "unknownField@0-5: There is no field form: | did you mean from:? to search for the text, quote it"
            ),
            (
                "x sbject:a",
                "unknownField@2-9: There is no field sbject: | did you mean subject:? to search for the text, quote it"
            ),
            ("xyzzy:a", "unknownField@0-6: There is no field xyzzy: | to search for the text, quote it"),
            ("subject: hello", "badValue@0-8: subject: has no value | put it right behind the colon: subject:hello"),
            ("from:", "badValue@0-5: from: has no value | put it right behind the colon: from:value"),
            ("(from:)", "badValue@1-6: from: has no value | put it right behind the colon: from:value"),
            ("is:unraed", "badValue@3-9: is: doesn't know unraed | did you mean is:unread?"),
            ("has:drive", "badValue@4-9: has: doesn't know drive | it knows has:attachment"),
            ("in:\"\"", "badValue@3-5: in: has no value"),
            (
                "date:2024-13",
                "badDate@5-12: 2024-13 is no date | 2024, 2024-03, 2024-03-05, today, yesterday, last-week, monday, 7d, 2w, 3m or 2y"
            ),
            (
                "on:2023-02-29",
                "badDate@3-13: 2023-02-29 is no date | 2024, 2024-03, 2024-03-05, today, yesterday, last-week, monday, 7d, 2w, 3m or 2y"
            ),
            ("date:..", "badDate@5-7: This range has neither beginning nor end | date:2024-03..2024-05"),
            ("date:2025..2024", "badDate@5-15: This range ends before it begins | date:2024..2025"),
            ("date:7d", "badDate@5-7: 7d is an age, not a day | newer:7d, older:7d or date:7d.."),
            ("after:2023..2024", "badDate@6-16: A range stands only in date: | date:2023..2024"),
            ("larger:big", "badValue@7-10: big is no size | 500k, 2M or 1G"),
            ("size:5M", "badValue@5-7: size: wants a range | size:100k..2M, larger:5M or smaller:5M"),
            (
                "id:no-id",
                "badValue@3-8: no-id is no id of Trawl's | ids are letters and digits; a Message-ID goes into mid:"
            ),
            ("query:bils", "savedQuery@6-10: There is no saved query bils | did you mean query:bills?"),
            (
                "x query:broken",
                "savedQuery@8-14: The saved query broken cannot be read: This parenthesis is never closed | add )"
            ),
            ("query:me-again", "savedQuery@6-14: The saved query me-again uses itself (me-again, you-again, me-again)"),
        ])
    func faults(text: String, fault: String) {
        #expect(read(text) == fault)
    }

    @Test("every node tells where it stands")
    func places() throws {
        let text = "é subject:(a OR \"b c\") -is:unread"
        let root = try QueryParser.parse(text, context: berlin).root
        var found: [String] = []
        func walk(_ node: QueryNode) {
            found.append(String(decoding: Array(text.utf8)[node.range], as: UTF8.self))
            switch node.kind {
            case .and(let nodes), .or(let nodes): nodes.forEach(walk)
            case .not(let inner): walk(inner)
            default: break
            }
        }
        walk(root)
        #expect(found == [text, "é", "subject:(a OR \"b c\")", "a", "\"b c\"", "-is:unread", "is:unread"])
        #expect(
            root.tree == """
                and
                  "e"
                  or
                    subject:"a"
                    subject:"b c"
                  not
                    (not is:seen)
                """)
    }

    @Test("a fault is shown under the query")
    func markedFaults() {
        func marked(_ text: String) -> String {
            do {
                _ = try QueryParser.parse(text, context: berlin)
                return ""
            } catch { return error.marked(in: text) }
        }
        #expect(
            marked("hello form:ana") == """
                hello form:ana
                      ^^^^^
                There is no field form: (did you mean from:? to search for the text, quote it)
                """)
        #expect(marked("会議 (a").hasPrefix("会議 (a\n     ^\n"))
        #expect(marked("a or").hasPrefix("a or\n    ^\n"))
        #expect(marked("a\u{1B}[2J\n !!").hasPrefix("a?[2J? !!\n       ^^\n"))
        #expect(marked(String(repeating: "x ", count: 200) + "!! y").split(separator: "\n")[0].count < 140)
    }

    @Test("limits refuse by name")
    func limits() {
        let many = (0..<10_000).map { "w\($0)" }.joined(separator: " ")
        #expect(read(many).hasPrefix("tooLarge@"))
        let atLimit = (0..<2_000).map { "w\($0)" }.joined(separator: " ")
        #expect(read(atLimit).hasPrefix("(and "))
        #expect(read(atLimit + " x").hasPrefix("tooLarge@"))
        #expect(read("\"" + atLimit + " x\"").hasPrefix("tooLarge@"))
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(read(nested(24)) == "\"a\"")
        #expect(read(nested(25)).hasPrefix("tooLarge@24-25: More than 24 parentheses"))
        #expect(read(nested(1_000)).hasPrefix("tooLarge@"))
        #expect(read(String(repeating: "NOT ", count: 5_000) + "a") == "\"a\"")
        #expect(read(String(repeating: "{", count: 1_000)).hasPrefix("tooLarge@"))
        #expect(read(String(repeating: "a", count: 65_537)).hasPrefix("tooLarge@65536-65537"))
        // Saved queries that double each time stay within the same limits.
        var context = berlin
        context.savedQueries = ["q0": "a b"]
        for n in 1..<20 { context.savedQueries["q\(n)"] = "query:q\(n - 1) query:q\(n - 1)" }
        #expect(read("query:q19", context).hasPrefix("tooLarge@6-9: The query has more than 2000"))
    }

    @Test("any bytes are an answer or an error")
    func anyBytes() {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "(", ")", "{", "}", "\"", "*", "-", " ", "and", "OR ", " not ", "NEAR/3 ", "from:", "subject:", "date:",
            "..",
            "2024", "7d", "is:", "unread", "larger:", "5M", "会", "é", "“", "\u{3000}", "query:both", ":", "/", "@",
            "word",
            "type:", "in:", "\\", "'", "<", ">", "\0", "\u{301}", "tag:", "$", "id:", "mid:", "before:", "-ago",
            "+01:00", "t",
        ]
        var answers = 0
        for round in 0..<20_000 {
            var text = ""
            if round % 4 == 0 {
                let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 9) }
                text = String(decoding: bytes, as: UTF8.self)
            } else {
                for _ in 0..<Int(random.next() % 14) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            }
            do {
                let query = try QueryParser.parse(text, context: berlin)
                answers += 1
                #expect(query.root.range.upperBound <= text.utf8.count)
            } catch {
                #expect(error.range.upperBound <= text.utf8.count && !error.message.isEmpty)
                _ = error.marked(in: text)
            }
        }
        #expect(answers > 1_000)
    }
}
