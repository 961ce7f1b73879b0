/// Makes hits as they are shown of what the index holds of them; on any thread.
final class HitMaker: Sendable {
    /// A hit that is not made yet.
    struct Piece: Sendable {
        var email: StoredEmail
        var score: Double
    }

    private let decoder: EmailDecoder
    private let terms: TermMatcher?
    private let form: SearchOptions.SnippetForm
    private let needsText: Bool

    /// - Parameters:
    ///   - kept: where messages are kept for next time.
    ///   - languages: see ``Stemming/languages(in:)``.
    init(_ query: SearchQuery, _ options: SearchOptions, _ kept: KeptMessages?, languages: [String]) {
        terms = options.snippets ? TermMatcher(query, languages: languages) : nil
        form = options.snippetForm
        // What is kept has the text in any case.
        needsText = kept != nil || terms?.looksIn([.body, .attachment]) ?? false
        decoder = EmailDecoder(isBrief: options.isBrief, kept: kept)
    }

    /// Appends the hit.
    func add(_ piece: Piece, to hits: inout [SearchHit]) throws {
        // Where it stays: a hit has so many members that to hand it on is dearer than to read some of them.
        func add(_ email: consuming Email, _ texts: TextCodec.Texts?, _ kept: KeptMessage?) {
            let subject = email.subject
            hits.append(SearchHit(email: email, score: piece.score, kept: kept))
            guard let terms else { return }
            switch form {
            case .html: hits[hits.count - 1].snippet = Self.snippet(subject, texts, terms)
            case .fragments(let ofSubjects):
                hits[hits.count - 1].fragments = Self.fragments(ofSubjects ? subject : nil, texts, terms)
            }
        }
        if needsText {
            try decoder.email(piece.email) { add($0, $1, $2) }
        } else {
            add(try decoder.email(piece.email), nil, nil)
        }
    }

    private static func snippet(_ subject: String, _ texts: TextCodec.Texts?, _ terms: TermMatcher) -> SearchSnippet {
        var snippet = SearchSnippet()
        if terms.looksIn(.subject) {
            snippet.subject = Snippet.foldedWhole(subject, column: .subject, terms: terms)?.html
        }
        guard let texts else { return snippet }
        if terms.looksIn(.body) {
            let body = texts.body.bindMemory(to: UInt8.self)
            snippet.body = Snippet.cutting(of: body, column: .body, terms: terms)?.html
        }
        if terms.looksIn(.attachment), !texts.attachments.isEmpty {
            let attachments = texts.attachments.bindMemory(to: UInt8.self)
            snippet.attachment = Snippet.cutting(of: attachments, column: .attachment, terms: terms)?.html
        }
        return snippet
    }

    private static func fragments(
        _ subject: String?, _ texts: TextCodec.Texts?, _ terms: TermMatcher
    ) -> SnippetFragments {
        var fragments = SnippetFragments()
        if let subject, terms.looksIn(.subject) {
            fragments.subject = Snippet.whole(subject, column: .subject, terms: terms)
        }
        guard let texts else { return fragments }
        if terms.looksIn(.body) {
            let body = texts.body.bindMemory(to: UInt8.self)
            fragments.text = Snippet.cutting(of: body, column: .body, terms: terms)?.fragment
        }
        if fragments.text == nil, terms.looksIn(.attachment), !texts.attachments.isEmpty {
            let attachments = texts.attachments.bindMemory(to: UInt8.self)
            fragments.text = Snippet.cutting(of: attachments, column: .attachment, terms: terms)?.fragment
        }
        return fragments
    }
}
