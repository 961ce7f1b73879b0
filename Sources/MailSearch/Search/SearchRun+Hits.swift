/// Hits as they are shown.
extension SearchRun {
    func hits(_ candidates: [Candidate]) throws -> [SearchHit] {
        let maker = HitMaker(query, options, kept, languages: try languages())
        var hits: [SearchHit] = []
        hits.reserveCapacity(candidates.count)
        try forEachPiece(candidates) { try maker.add($0, to: &hits) }
        return hits
    }

    /// Hits that are made by more than one thread, at least: to wake another takes as long as some of them.
    private static let fewestToShare = 4

    /// The page, its hits as `present` makes them; partly on another thread, where there is one that helps.
    func presentedPage(
        _ helper: any SearchHelper, _ present: @escaping @Sendable (SearchHit) -> [UInt8]
    ) throws -> SearchPage<[UInt8]> {
        // Each time: it may have given up waiting.
        try page({ if $0 >= Self.fewestToShare { helper.prepare() } }) { try presented($0, helper, present) }
    }

    private func presented(
        _ candidates: [Candidate], _ helper: any SearchHelper, _ present: @escaping @Sendable (SearchHit) -> [UInt8]
    ) throws -> [[UInt8]] {
        let languages = try languages()
        let work = SharedWork<HitMaker.Piece, [UInt8]>(helper: helper) { [query, options, kept] in
            let maker = HitMaker(query, options, kept, languages: languages)
            var hits: [SearchHit] = []
            return { piece in
                hits.removeAll(keepingCapacity: true)
                try maker.add(piece, to: &hits)
                return hits.withUnsafeBufferPointer { present($0[0]) }
            }
        }
        return try work.outputs { try forEachPiece(candidates, $0) }
    }

    private func languages() throws -> [String] { options.snippets ? try Stemming.languages(in: database) : [] }

    private func forEachPiece(_ candidates: [Candidate], _ body: (HitMaker.Piece) throws -> Void) throws {
        let reader = try EmailReader(database, dictionaries, isBrief: options.isBrief)
        for candidate in candidates {
            guard let row = try candidate.row ?? reader.rows.row(candidate.id), let email = try reader.stored(row)
            else { continue }
            try body(HitMaker.Piece(email: email, score: candidate.score))
        }
    }
}
