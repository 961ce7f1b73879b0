/// Hits as they are shown.
extension SearchRun {
    func hits(_ candidates: [Candidate]) throws -> [SearchHit] {
        guard !candidates.isEmpty else { return [] }
        let languages = options.snippets ? try Stemming.languages(in: database) : []
        let terms = options.snippets ? TermMatcher(query, languages: languages) : nil
        // What is kept has the text in any case.
        let needsText = kept != nil || terms?.looksIn([.body, .attachment]) ?? false
        let reader = try EmailReader(database, dictionaries, isBrief: options.isBrief, kept: kept)
        var hits: [SearchHit] = []
        hits.reserveCapacity(candidates.count)
        for candidate in candidates {
            // Where they stay: a hit has so many members that to hand it on is dearer than to read some of them.
            func add(_ email: consuming Email, _ texts: TextCodec.Texts?, _ kept: KeptMessage?) {
                let subject = email.subject
                hits.append(SearchHit(email: email, score: candidate.score, kept: kept))
                guard let terms else { return }
                switch options.snippetForm {
                case .html: hits[hits.count - 1].snippet = snippet(subject, texts, terms)
                case .fragments(let ofSubjects):
                    hits[hits.count - 1].fragments = fragments(ofSubjects ? subject : nil, texts, terms)
                }
            }
            guard let row = try candidate.row ?? reader.rows.row(candidate.id) else { continue }
            if needsText {
                _ = try reader.email(row) { add($0, $1, $2) }
            } else if let email = try reader.email(row) {
                add(email, nil, nil)
            }
        }
        return hits
    }

    private func snippet(_ subject: String, _ texts: TextCodec.Texts?, _ terms: TermMatcher) -> SearchSnippet {
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

    private func fragments(
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
