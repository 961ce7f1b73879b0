import Synchronization

/// Work whose pieces one thread prepares, one by one, and which that thread and a helper do.
///
/// The helper takes what waits while the next pieces are prepared; then both take what is left. Without one, or where it
/// comes too late, the first does all.
final class SharedWork<Piece: Sendable, Output: Sendable>: Sendable {
    typealias Work = (Piece) throws -> Output

    private struct Contents {
        /// What waits, from `next` on; what stood before it is gone.
        var pieces: [Piece?] = []
        var next = 0
        /// Of each piece that was added.
        var outputs: [Output?] = []
        var fault: (any Error)?
        var isHelperAsked = false
    }

    /// Pieces that wait at most: they take memory.
    private static var mostWaiting: Int { 64 }
    /// Pieces that wait before a helper is asked.
    private static var fewest: Int { 2 }

    private let contents = Mutex(Contents())
    /// Held while the helper works.
    private let helping = Mutex(())
    private let helper: any SearchHelper
    private let makeWork: @Sendable () -> Work

    /// - Parameter makeWork: called by each of the threads: what two of them share, and count their references to, is far
    ///   dearer to both than what each has to itself.
    init(helper: any SearchHelper, _ makeWork: @escaping @Sendable () -> Work) {
        self.helper = helper
        self.makeWork = makeWork
    }

    /// - Parameter prepare: calls what it is given with each piece.
    /// - Returns: what came of the pieces, in the order in which they were prepared.
    /// - Throws: what `prepare` threw, or one of the pieces.
    func outputs(_ prepare: ((Piece) -> Void) throws -> Void) throws -> [Output] {
        let work = makeWork()
        try prepare { if add($0) { _ = doNext(work) } }
        while doNext(work) {}
        // Nothing waits any more, but the helper may have one piece in hand.
        helping.withLock { _ in }
        return try contents.withLock { contents in
            if let fault = contents.fault { throw fault }
            return contents.outputs.compactMap { $0 }
        }
    }

    /// True where so many wait that one is to be done first.
    private func add(_ piece: Piece) -> Bool {
        let (asks, isFull) = contents.withLock { contents in
            contents.pieces.append(piece)
            contents.outputs.append(nil)
            let waiting = contents.pieces.count - contents.next
            let asks = !contents.isHelperAsked && waiting >= Self.fewest
            if asks { contents.isHelperAsked = true }
            return (asks, waiting >= Self.mostWaiting)
        }
        if asks { helper.help { self.lendHand() } }
        return isFull
    }

    private func lendHand() {
        helping.withLock { _ in
            let work = makeWork()
            while doNext(work) {}
        }
        contents.withLock { $0.isHelperAsked = false }
    }

    /// Does the next piece; false where none waits.
    private func doNext(_ work: Work) -> Bool {
        var place = 0
        let next = contents.withLock { contents -> Piece? in
            place = contents.next
            guard place < contents.pieces.count else { return nil }
            contents.next += 1
            return contents.pieces[place].take()
        }
        guard let piece = next else { return false }
        do {
            let output = try work(piece)
            contents.withLock { $0.outputs[place] = output }
        } catch {
            contents.withLock { if $0.fault == nil { $0.fault = error } }
        }
        return true
    }
}
